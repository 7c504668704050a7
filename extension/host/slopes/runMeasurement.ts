// Commands of the command line that measure adapters.
import { refusalOf } from '../refusal';
import type { Services } from '../services';

/** What the command prints; what it refuses is thrown, with its sentence. */
export async function runMeasurement<Measured>(
  { programs, output }: Services,
  command: readonly string[],
  signal: AbortSignal,
): Promise<Measured> {
  const parameters = [...command, '--json'];
  output.info(parameters.join(' '));
  const { code, stdout, stderr } = await programs.run(parameters, { signal });
  if (stderr !== '') output.info(stderr.trimEnd());
  if (code !== 0) throw new Error(refusalOf(stdout, stderr).message);
  return JSON.parse(stdout) as Measured;
}
