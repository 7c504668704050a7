// Bytes to text as the Hugging Face reference does it: a run of byte tokens that is not UTF-8 gives one
// replacement character a byte, and a byte order mark stays.
import { isUtf8 } from 'node:buffer';
import { ByteFallbackDecoder, SequenceDecoder, type Tokenizer } from '@huggingface/tokenizers';

const byteToken = /^<0x([0-9A-Fa-f]{2})>$/;

class ExactByteFallback extends ByteFallbackDecoder {
  override decode_chain(tokens: string[]): string[] {
    const texts: string[] = [];
    let run: number[] = [];
    const endRun = (): void => {
      if (run.length > 0) texts.push(textOf(Uint8Array.from(run), run.length));
      run = [];
    };
    for (const token of tokens) {
      const hex = byteToken.exec(token)?.[1];
      if (hex === undefined) {
        endRun();
        texts.push(token);
      } else {
        run.push(parseInt(hex, 16));
      }
    }
    endRun();
    return texts;
  }
}

function textOf(bytes: Uint8Array, count: number): string {
  if (!isUtf8(bytes)) return '\ufffd'.repeat(count);
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
}

export function useExactByteFallback(tokenizer: Tokenizer): void {
  const { decoder } = tokenizer;
  if (!(decoder instanceof SequenceDecoder)) return;
  decoder.decoders = decoder.decoders.map((part) =>
    part instanceof ByteFallbackDecoder ? new ExactByteFallback({ type: 'ByteFallback' }) : part,
  );
}
