// What every subcommand shares at its end: one JSON object or a text on stdout, one sentence on stderr when it
// fails, and the exit code that scripts rely on.
import { Failure, type FailureCode } from '../shared/failures';
import { asFailure } from '../trainer/engineFailure';

export const exitCodes = { done: 0, failed: 1, refused: 2 } as const;

export interface OutputOptions {
  json?: boolean;
}

export interface Outcome {
  /** What --json prints. */
  json: object;
  /** For people. */
  text: string;
  /** The work itself failed, though its outcome can be told. */
  isFailed?: boolean;
}

/** The input was fine, the work was not; every other failure is a refusal. */
const workFailures: ReadonlySet<string> = new Set<FailureCode>([
  'disk-full',
  'loss-not-finite',
  'memory-short',
  'out-of-memory',
  'addon-missing',
  'engine-failed',
  'trainer-missing',
  'trainer-not-started',
  'trainer-died',
]);

/** Runs a subcommand's action and tells what came of it; sets the exit code, never throws. */
export async function tell(options: OutputOptions, action: () => Promise<Outcome>): Promise<void> {
  try {
    const { json, text, isFailed } = await action();
    if (options.json) writeJson(json);
    else if (text !== '') process.stdout.write(`${text}\n`);
    process.exitCode = isFailed ? exitCodes.failed : exitCodes.done;
  } catch (error) {
    tellFailure(options, error);
  }
}

export function tellFailure(options: OutputOptions, error: unknown): void {
  const failure = failureOf(error);
  const code = failure?.code ?? 'internal';
  const message = failure?.message ?? `Adapter Lab itself failed: ${String(error)}.`;
  process.stderr.write(`adapter-lab: ${message}\n`);
  if (failure === undefined && error instanceof Error && process.env.ADAPTER_LAB_DEBUG) {
    process.stderr.write(`${error.stack ?? ''}\n`);
  }
  if (options.json) writeJson({ error: { code, message } });
  const isRefusal = failure !== undefined && !workFailures.has(failure.code);
  process.exitCode = isRefusal ? exitCodes.refused : exitCodes.failed;
}

/** Undefined for an error that nobody foresaw. */
export function failureOf(raw: unknown): Failure | undefined {
  const error = asFailure(raw);
  return error instanceof Failure ? error : undefined;
}

function writeJson(value: object): void {
  process.stdout.write(`${JSON.stringify(value)}\n`);
}
