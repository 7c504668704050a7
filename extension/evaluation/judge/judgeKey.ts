// The key of a judge comes from the environment alone, so that no file, no shell history and no list of processes
// holds it.

const names = ['ADAPTER_LAB_JUDGE_KEY', 'OPENAI_API_KEY'];

/** Undefined where there is none: many local endpoints need none. */
export function judgeKeyOf(environment: NodeJS.ProcessEnv): string | undefined {
  return names
    .map((name) => environment[name]?.trim())
    .find((key) => key !== '' && key !== undefined);
}
