// The header of a safetensors file: eight bytes of length, then JSON, then the tensors' bytes side by side.
// Everything is checked here, so that whoever maps a range can trust it.
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { visit } from 'jsonc-parser';
import { Failure } from '../shared/failures';
import { bytesOfFormat } from './dtypes';
import { asFileFailure, isObject, nameOfValue, parseJson, type JsonObject } from './jsonFile';
import { decodeUtf8 } from './utf8';

const lengthBytes = 8;
const mostHeaderBytes = 100_000_000;
const metadataKey = '__metadata__';

export interface StoredTensor {
  /** As the file names it: F32, BF16, I64 ... */
  format: string;
  shape: number[];
  /** From the start of the file. */
  offsetBytes: number;
  sizeBytes: number;
}

export interface SafetensorsHeader {
  file: string;
  fileBytes: number;
  tensors: Map<string, StoredTensor>;
  metadata: Record<string, string>;
}

export function readHeader(file: string): SafetensorsHeader {
  let descriptor: number;
  try {
    descriptor = openSync(file, 'r');
  } catch (error) {
    throw asFileFailure(error, file, 'the weights');
  }
  try {
    const fileBytes = fstatSync(descriptor).size;
    const headerBytes = headerLength(readRange(descriptor, 0, lengthBytes), fileBytes, file);
    return parseHeader(readRange(descriptor, lengthBytes, headerBytes), fileBytes, file);
  } catch (error) {
    if (error instanceof Failure) throw error;
    throw asFileFailure(error, file, 'the weights');
  } finally {
    closeSync(descriptor);
  }
}

function readRange(descriptor: number, offset: number, sizeBytes: number): Uint8Array {
  const bytes = new Uint8Array(sizeBytes);
  const got = readSync(descriptor, bytes, 0, sizeBytes, offset);
  return bytes.subarray(0, got);
}

function headerLength(prefix: Uint8Array, fileBytes: number, file: string): number {
  if (prefix.length < lengthBytes) throw broken(file, `it has ${fileBytes} bytes and no header`);
  const length = new DataView(prefix.buffer, prefix.byteOffset).getBigUint64(0, true);
  if (length > BigInt(mostHeaderBytes)) {
    throw broken(file, `its header claims ${length.toString()} bytes, more than 100 MB`);
  }
  if (length > BigInt(fileBytes - lengthBytes)) {
    throw broken(file, `its header claims ${length.toString()} bytes, but the file is cut off`);
  }
  return Number(length);
}

/** `header` without the eight bytes before it. */
function parseHeader(header: Uint8Array, fileBytes: number, file: string): SafetensorsHeader {
  const text = decodeUtf8(header, file);
  const json = text.startsWith('{') ? parseJson(text, file) : undefined;
  if (!isObject(json)) throw broken(file, 'its header is not a JSON object');
  refuseDuplicates(text, file);
  const dataStart = lengthBytes + header.length;
  const tensors = new Map<string, StoredTensor>();
  for (const [name, value] of Object.entries(json)) {
    if (name === metadataKey) continue;
    tensors.set(name, parseTensor(value, { file, name, dataStart, fileBytes }));
  }
  checkCoverage(tensors, dataStart, fileBytes, file);
  return { file, fileBytes, tensors, metadata: parseMetadata(json, file) };
}

/** JSON.parse keeps the last of two equal names without a word. */
function refuseDuplicates(text: string, file: string): void {
  const seen = new Set<string>();
  let depth = 0;
  visit(text, {
    onObjectBegin: () => {
      depth += 1;
    },
    onObjectEnd: () => {
      depth -= 1;
    },
    onObjectProperty: (name) => {
      if (depth > 1) return;
      if (seen.has(name)) throw broken(file, `its header names ${JSON.stringify(name)} twice`);
      seen.add(name);
    },
  });
}

interface TensorPlace {
  file: string;
  name: string;
  dataStart: number;
  fileBytes: number;
}

function parseTensor(value: unknown, place: TensorPlace): StoredTensor {
  const refused = (problem: string): Failure =>
    new Failure('tensor-invalid', { file: place.file, tensor: place.name, problem });
  if (!isObject(value)) throw refused('its entry in the header is not an object');
  const format = value.dtype;
  if (typeof format !== 'string' || !Object.hasOwn(bytesOfFormat, format)) {
    throw refused(`its dtype is unknown: ${nameOfValue(format)}`);
  }
  const shape = asSizes(value.shape);
  if (shape === undefined) throw refused('its shape is not a list of whole numbers');
  const offsets = asSizes(value.data_offsets);
  const [begin, end] = offsets ?? [];
  if (begin === undefined || end === undefined || offsets?.length !== 2 || begin > end) {
    throw refused('its data_offsets are not two whole numbers in order');
  }
  if (end > place.fileBytes - place.dataStart) {
    throw refused(
      `its bytes end at ${end}, but the file is cut off or shorter than its header says`,
    );
  }
  const sizeBytes = shape.reduce((size, length) => size * length, bytesOfFormat[format] ?? 0);
  if (sizeBytes !== end - begin) {
    const needed = `shape [${shape.join(', ')}] of ${format} needs ${sizeBytes} bytes`;
    throw refused(`${needed}, but its data_offsets give it ${end - begin}`);
  }
  return { format, shape, offsetBytes: place.dataStart + begin, sizeBytes };
}

function asSizes(value: unknown): number[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const isSize = (size: unknown): size is number => Number.isSafeInteger(size) && Number(size) >= 0;
  return value.every(isSize) ? value : undefined;
}

/** The tensors lie side by side from the header to the end of the file. */
function checkCoverage(
  tensors: Map<string, StoredTensor>,
  dataStart: number,
  fileBytes: number,
  file: string,
): void {
  const inOrder = [...tensors].sort(
    ([, a], [, b]) => a.offsetBytes - b.offsetBytes || a.sizeBytes - b.sizeBytes,
  );
  let covered = dataStart;
  for (const [name, tensor] of inOrder) {
    if (tensor.offsetBytes !== covered) {
      const problem =
        tensor.offsetBytes < covered
          ? 'its bytes overlap those of another tensor'
          : `${tensor.offsetBytes - covered} bytes before it belong to no tensor`;
      throw new Failure('tensor-invalid', { file, tensor: name, problem });
    }
    covered += tensor.sizeBytes;
  }
  if (covered !== fileBytes) {
    throw broken(file, `${fileBytes - covered} bytes at its end belong to no tensor`);
  }
}

function parseMetadata(json: JsonObject, file: string): Record<string, string> {
  const metadata = json[metadataKey];
  if (metadata === undefined) return {};
  const refused = broken(file, `its ${metadataKey} must be an object of texts`);
  if (!isObject(metadata)) throw refused;
  const texts: Record<string, string> = {};
  for (const [key, value] of Object.entries(metadata)) {
    if (typeof value !== 'string') throw refused;
    texts[key] = value;
  }
  return texts;
}

function broken(file: string, problem: string): Failure {
  return new Failure('weights-broken', { file, problem });
}
