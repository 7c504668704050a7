// Strict UTF-8: a file in another encoding would train on replacement characters without a word.
import { constants, isUtf8 } from 'node:buffer';
import { Failure } from '../shared/failures';

/** The text of `bytes`, without a byte order mark. */
export function decodeUtf8(bytes: Uint8Array, file: string): string {
  checkUtf8(bytes, file);
  if (bytes.length > constants.MAX_STRING_LENGTH) {
    const problem = 'it has more than 512 MB; split it, or use .jsonl or .parquet';
    throw new Failure('file-unreadable', { file, what: 'the file', problem });
  }
  return new TextDecoder().decode(bytes);
}

export function checkUtf8(bytes: Uint8Array, file: string): void {
  if (!isUtf8(bytes)) throw invalidUtf8(bytes, file);
}

function invalidUtf8(bytes: Uint8Array, file: string): Failure {
  const offset = validPrefixBytes(bytes);
  let line = 1;
  for (let i = 0; i < offset; i += 1) if (bytes[i] === 0x0a) line += 1;
  return new Failure('not-utf8', { file, line, offset });
}

/** Length of the longest valid prefix, by halving. */
function validPrefixBytes(bytes: Uint8Array): number {
  let valid = 0;
  let invalid = bytes.length;
  while (invalid - valid > 1) {
    const middle = (valid + invalid) >> 1;
    if (isUtf8(bytes.subarray(0, characterStart(bytes, middle)))) valid = middle;
    else invalid = middle;
  }
  return characterStart(bytes, valid);
}

/** `end`, moved back by up to three bytes when a multi-byte character would be cut there. */
function characterStart(bytes: Uint8Array, end: number): number {
  for (let back = 1; back <= 3 && back <= end; back += 1) {
    const byte = bytes[end - back] ?? 0;
    if (byte < 0x80) return end;
    if (byte >= 0xc0) {
      const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
      return back < length ? end - back : end;
    }
  }
  return end;
}
