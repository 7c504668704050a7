// The log line by line, with what looks like trouble marked.
export interface LogLine {
  text: string;
  kind: 'plain' | 'error' | 'warning';
}

const error =
  /\b(error|failed|failure|fatal|exception|panic|killed|not finite|out of memory|NaN)\b/i;
const warning = /\b(warn|warning|deprecated)\b/i;
/** Where an error's stack goes on. */
const stackLine = /^\s+at \S/;

export function logLines(text: string): LogLine[] {
  const lines = text.replace(/\r?\n$/, '').split(/\r?\n/);
  let isInStack = false;
  return lines.map((line) => {
    const isError = error.test(line) || (isInStack && stackLine.test(line));
    isInStack = isError;
    if (isError) return { text: line, kind: 'error' };
    return { text: line, kind: warning.test(line) ? 'warning' : 'plain' };
  });
}
