// Problems of one experiment file as they are found: each once, each with its place in the text.
import type { Failure } from '../../shared/failures';
import type { Problem, TextRange } from '../../shared/inspection';
import type { ExperimentText, Path } from './experimentText';

export interface Found {
  failure: Failure;
  setting: string;
  path: Path;
  /** What `range` covers. */
  part: 'key' | 'value';
  nearest?: string;
}

const mostProblems = 100;

export class ProblemList {
  readonly problems: Problem[] = [];

  constructor(
    private readonly text: ExperimentText,
    private readonly file: string,
  ) {}

  get isFull(): boolean {
    return this.problems.length >= mostProblems;
  }

  add({ path, part, ...found }: Found): void {
    this.addAt(this.text.rangeOf(path, part), { path, ...found });
  }

  addAt(range: TextRange, { failure, setting, path, nearest }: Omit<Found, 'part'>): void {
    const message = withoutPlace(failure.message, this.file);
    const isKnown = this.problems.some(
      (other) => other.message === message && JSON.stringify(other.range) === JSON.stringify(range),
    );
    if (isKnown || this.isFull) return;
    const data = { ...failure.data } as Record<string, unknown>;
    this.problems.push({
      ...{ code: failure.code, message, setting, path, range, data },
      ...(nearest !== undefined && { nearest }),
    });
  }

  /** Whether something at this place or inside it was told already. */
  hasWithin(path: Path): boolean {
    return this.problems.some((problem) => path.every((part, i) => problem.path[i] === part));
  }

  inOrder(): Problem[] {
    return [...this.problems].sort(
      (a, b) => a.range.line - b.range.line || a.range.column - b.range.column,
    );
  }
}

/** `FILE, line 7: the rest.` to `The rest.` */
function withoutPlace(message: string, file: string): string {
  if (!message.startsWith(file)) return message;
  const rest = message.slice(file.length).replace(/^(, line \d+)?: /, '');
  return rest.charAt(0).toUpperCase() + rest.slice(1);
}
