// What the command line says when it refuses: the sentence, and the place it names. Free of VS Code.

export interface Refusal {
  message: string;
  /** Absent where the command line told none. */
  code?: string;
  file?: string;
  /** From 1. */
  line?: number;
}

/** `stdout` as --json prints it; without it the last line of stderr tells. */
export function refusalOf(stdout: string, stderr: string): Refusal {
  const error = parseError(stdout);
  const told = error?.message ?? lastLine(stderr);
  const message = told === '' ? 'The command line ended without a word; see the output.' : told;
  const place = /(\/[^:]*?|[A-Za-z]:\\[^:]*?), line (\d+):/.exec(message);
  const [, file, line] = place ?? [];
  const code = error?.code;
  return {
    message,
    ...(code !== undefined && { code }),
    ...(file !== undefined && { file, line: Number(line) }),
  };
}

function parseError(stdout: string): { code?: string; message?: string } | undefined {
  try {
    return (JSON.parse(stdout) as { error?: { code?: string; message?: string } }).error;
  } catch {
    return undefined;
  }
}

function lastLine(text: string): string {
  return (text.trimEnd().split('\n').at(-1) ?? '').replace(/^adapter-lab: /, '');
}
