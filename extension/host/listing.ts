// What the command line lists, in a process of its own. Free of VS Code.
import type { Programs } from './programs';

/** What a subcommand prints with --json; undefined if it failed. */
export type AskForListing = (parameters: readonly string[]) => Promise<unknown>;

/** A failure is no more than a line in the log: a view has nobody to answer to. */
export function listingBy(
  programs: Pick<Programs, 'run'>,
  log: { warn: (sentence: string) => void },
): AskForListing {
  return async (parameters) => {
    const { code, stdout, stderr } = await programs.run([...parameters, '--json']);
    if (code === 0) return JSON.parse(stdout) as unknown;
    log.warn(stderr.trim());
    return undefined;
  };
}
