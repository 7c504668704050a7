// Records of .parquet files, all usual compressions.
import { asFileFailure } from '../model/jsonFile';
import { Failure } from '../shared/failures';
import type { DataRecord } from './records';

export async function readParquet(file: string): Promise<DataRecord[]> {
  // Loaded when first needed: the decompressors set up WebAssembly, which reserves much address space.
  const { asyncBufferFromFile, parquetReadObjects } = await import('hyparquet');
  const { compressors } = await import('hyparquet-compressors');
  const bytes = await asyncBufferFromFile(file).catch((error: unknown) => {
    throw asFileFailure(error, file, 'the data file');
  });
  try {
    const rows = await parquetReadObjects({ file: bytes, compressors });
    return rows.map((columns, i) => ({ file, number: i + 1, columns }));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const problem = `it is not a readable Parquet file (${reason})`;
    throw new Failure('data-broken', { file, problem });
  }
}
