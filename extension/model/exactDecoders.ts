// Decoders that give the text of the Hugging Face reference where the library's own differ: a run of byte tokens
// that is not UTF-8 gives one replacement character a byte, a byte order mark stays, and all space marks of the
// first token are dropped, not one.
import { isUtf8 } from 'node:buffer';
import {
  ByteFallbackDecoder,
  MetaspaceDecoder,
  SequenceDecoder,
  type Decoder,
  type Tokenizer,
} from '@huggingface/tokenizers';

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

class ExactMetaspace extends MetaspaceDecoder {
  override decode_chain(tokens: string[]): string[] {
    const { config } = this;
    const isPrepended = config.type === 'Metaspace' && config.prepend_scheme !== 'never';
    return tokens.map((token, i) =>
      token.replaceAll(this.replacement, i === 0 && isPrepended ? '' : ' '),
    );
  }
}

function exact(decoder: Decoder): Decoder {
  const { config } = decoder;
  if (config.type === 'ByteFallback') return new ExactByteFallback(config);
  if (config.type === 'Metaspace') return new ExactMetaspace(config);
  if (decoder instanceof SequenceDecoder) decoder.decoders = decoder.decoders.map(exact);
  return decoder;
}

export function useExactDecoders(tokenizer: Tokenizer): void {
  if (tokenizer.decoder !== null) tokenizer.decoder = exact(tokenizer.decoder);
}
