// Small model folders, whole and broken, for the suites of this folder.
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { isObject, type JsonObject } from '../../../extension/model/jsonFile';
import { Failure } from '../../../extension/shared/failures';

const models = join(import.meta.dirname, '../../golden/models');

/** An empty folder that is gone after the test. */
export function emptyFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'adapter-lab-'));
  onTestFinished(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  return folder;
}

/** A copy of one of the golden models. */
export function copyOfModel(name: string): string {
  const folder = emptyFolder();
  cpSync(join(models, name), folder, { recursive: true });
  return folder;
}

export function modelPath(name: string): string {
  return join(models, name);
}

export function readObject(file: string): JsonObject {
  const value: unknown = JSON.parse(readFileSync(file, 'utf8'));
  if (!isObject(value)) throw new Error(`${file} holds no object`);
  return value;
}

/** Sets fields of config.json; undefined takes one away. */
export function changeConfig(folder: string, changes: JsonObject): void {
  const file = join(folder, 'config.json');
  writeFileSync(file, JSON.stringify({ ...readObject(file), ...changes }));
}

/** A safetensors file from a header and so many bytes behind it. */
export function writeRawSafetensors(file: string, header: string, dataBytes: number): void {
  const json = Buffer.from(header);
  const bytes = Buffer.alloc(8 + json.length + dataBytes);
  bytes.writeBigUInt64LE(BigInt(json.length), 0);
  json.copy(bytes, 8);
  writeFileSync(file, bytes);
}

/** The failure that `action` ends in; a test fails when it ends otherwise. */
export async function failureOf(action: () => unknown): Promise<Failure> {
  try {
    await action();
  } catch (error) {
    if (error instanceof Failure) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}
