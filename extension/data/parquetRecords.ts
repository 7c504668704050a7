// Records of .parquet files, all usual compressions.
import { asFileFailure } from '../model/jsonFile';
import { Failure } from '../shared/failures';
import type { DataRecord } from './records';

export async function readParquet(file: string): Promise<DataRecord[]> {
  return (await sampleParquet(file, undefined)).records;
}

/** The first `rows` records, all when undefined, and how many the file holds. */
export async function sampleParquet(
  file: string,
  rows: number | undefined,
): Promise<{ records: DataRecord[]; count: number }> {
  // Loaded when first needed: the decompressors set up WebAssembly, which reserves much address space.
  const { asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects } =
    await import('hyparquet');
  const { compressors } = await import('hyparquet-compressors');
  const bytes = await asyncBufferFromFile(file).catch((error: unknown) => {
    throw asFileFailure(error, file, 'the data file');
  });
  try {
    const metadata = await parquetMetadataAsync(bytes);
    const end = rows === undefined ? {} : { rowStart: 0, rowEnd: rows };
    const read = await parquetReadObjects({ file: bytes, metadata, compressors, ...end });
    const records = read.map((columns, i) => ({ file, number: i + 1, columns }));
    return { records, count: Number(metadata.num_rows) };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const problem = `it is not a readable Parquet file (${reason})`;
    throw new Failure('data-broken', { file, problem });
  }
}
