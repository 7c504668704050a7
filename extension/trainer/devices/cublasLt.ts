// What multiplies on a GPU: NVIDIA's cuBLASLt where one is found that computes as our own kernels do, and those otherwise.
import type { CublasLtTrial } from '../addon';
import { wantedMajor } from './cublasLtPlaces';

export type Products =
  { by: 'cublaslt'; file: string; version: number } | { by: 'kernels'; why: CublasLtProblem };

export type CublasLtProblem =
  | { kind: 'unwanted' }
  /** `named` is the file or folder that was asked for. */
  | { kind: 'missing'; named: string | undefined }
  | { kind: 'other-version'; file: string; version: number }
  | { kind: 'failed'; file: string; failure: string }
  | { kind: 'wrong'; file: string };

type Sentences = {
  [K in CublasLtProblem['kind']]: (problem: Extract<CublasLtProblem, { kind: K }>) => string;
};

const install = `install it with "pip install nvidia-cublas", or name its folder in "adapterLab.cublasLt"`;

/** Each follows a colon. */
const sentences: Sentences = {
  unwanted: () => '"adapterLab.cublasLt" is none',
  missing: ({ named }) =>
    named === undefined
      ? `cuBLASLt ${wantedMajor} was not found; for faster products ${install}`
      : `there is no libcublasLt.so.${wantedMajor} at ${named}; correct "adapterLab.cublasLt", or leave it empty to look in the usual places`,
  'other-version': ({ file, version }) =>
    `${file} is cuBLASLt ${versionText(version)} and ${wantedMajor} is needed; ${install}`,
  failed: ({ file, failure }) =>
    `${file} cannot be used (${failure}); install it again, or set "adapterLab.cublasLt" to another one or to none`,
  wrong: ({ file }) =>
    `${file} computed a product other than our kernels do; install another version, or set "adapterLab.cublasLt" to none`,
};

/** The first that serves; else what is wrong with the first. `isNone`: nobody wants any. */
export function chooseProducts(
  named: string | undefined,
  files: readonly string[],
  attempt: (file: string) => CublasLtTrial,
): Products {
  if (named === 'none') return { by: 'kernels', why: { kind: 'unwanted' } };
  let first: CublasLtProblem | undefined;
  for (const file of files) {
    const trial = attempt(file);
    const why = problemOf(file, trial);
    if (why === undefined) return { by: 'cublaslt', file, version: trial.version };
    first ??= why;
  }
  return { by: 'kernels', why: first ?? { kind: 'missing', named } };
}

function problemOf(
  file: string,
  { version, productIsRight, failure }: CublasLtTrial,
): CublasLtProblem | undefined {
  if (failure !== '') return { kind: 'failed', file, failure };
  if (Math.floor(version / 10_000) !== wantedMajor) return { kind: 'other-version', file, version };
  return productIsRight ? undefined : { kind: 'wrong', file };
}

/** For a person, after what is said of the GPU. */
export function productsText(products: Products): string {
  if (products.by === 'cublaslt')
    return `products by cuBLASLt ${versionText(products.version)} (${products.file})`;
  const { why } = products;
  const sentence = (sentences[why.kind] as (problem: CublasLtProblem) => string)(why);
  return `products by own kernels: ${sentence}`;
}

/** 13.10.1 of 131001. */
function versionText(version: number): string {
  return [Math.floor(version / 10_000), Math.floor((version % 10_000) / 100), version % 100].join(
    '.',
  );
}
