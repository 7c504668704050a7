// The turns so far, as they grow: what is asked next, what was asked before it, and what the history keeps. A question in
// any form but chat is a conversation of one turn. Free of VS Code.
import { answerOf, isOpen, keptAnswer, turnsAfter, waitingAnswer } from '../../shared/answers';
import type {
  Answer,
  HistoryEntry,
  PlaygroundColumn,
  Question,
  Turn,
} from '../../shared/pages/playgroundPage';
import type { AnswerEvent } from '../../shared/playground';

interface Beginning {
  /** Of the history. */
  entry: number;
  now: Date;
}

export class Conversation {
  private constructor(
    /** As it was asked last. */
    readonly question: Question,
    private now: readonly Turn[],
    /** Those that answered, now or before; a column may be there twice. */
    private readonly columns: readonly PlaygroundColumn[],
    private readonly beginning: Beginning,
  ) {}

  static begin(
    question: Question,
    columns: readonly PlaygroundColumn[],
    beginning: Beginning,
  ): Conversation {
    return new Conversation(question, [turnOf(question, columns)], columns, beginning);
  }

  static resume(entry: HistoryEntry): Conversation {
    const { id, form, system, settings, columns } = entry;
    const turns = entry.turns.map(({ prompt, answers }) => ({
      prompt,
      answers: Object.fromEntries(answers.map((one) => [one.column, answerOf(one)])),
    }));
    const question = { prompt: turns.at(-1)?.prompt ?? '', form, system, settings };
    return new Conversation(question, turns, columns, { entry: id, now: new Date(entry.asked) });
  }

  get turns(): readonly Turn[] {
    return this.now;
  }

  get entry(): number {
    return this.beginning.entry;
  }

  /** Its first `count` turns, and this question after them. */
  then(
    question: Question,
    columns: readonly PlaygroundColumn[],
    { count, ...beginning }: Beginning & { count: number },
  ): Conversation {
    const turns = [...this.turns.slice(0, count), turnOf(question, columns)];
    return new Conversation(question, turns, [...this.columns, ...columns], beginning);
  }

  /** Before the last turn. */
  get earlier(): Turn[] {
    return this.turns.slice(0, -1);
  }

  /** Of the last turn. */
  get answers(): Record<string, Answer> {
    return this.turns.at(-1)?.answers ?? {};
  }

  open(): string[] {
    return Object.keys(this.answers).filter((id) => {
      const answer = this.answers[id];
      return answer !== undefined && isOpen(answer);
    });
  }

  /** False if the last turn has no such answer. */
  change(id: string, event: AnswerEvent): boolean {
    const nameOf = (one: string): string =>
      this.columns.find((column) => column.id === one)?.name ?? one;
    const changed = turnsAfter(this.now, { id, event }, nameOf);
    this.now = changed ?? this.now;
    return changed !== undefined;
  }

  /** What is still being written is all that there will be. */
  close(): void {
    for (const id of this.open()) {
      const tokens = this.answers[id]?.tokens.length ?? 0;
      this.change(id, { kind: 'ended', end: 'stopped', tokens, promptSeconds: 0, seconds: 0 });
    }
  }

  kept(): HistoryEntry {
    const { form, system, settings } = this.question;
    const turns = this.turns.map(({ prompt, answers }) => ({
      prompt,
      answers: Object.entries(answers).map(([id, answer]) => keptAnswer(id, answer)),
    }));
    const used = new Set(turns.flatMap(({ answers }) => answers.map(({ column }) => column)));
    const columns = [...new Map(this.columns.map((one) => [one.id, one])).values()];
    return {
      ...{ id: this.entry, asked: this.beginning.now.toISOString(), form, system, settings, turns },
      columns: columns.filter(({ id }) => used.has(id)),
    };
  }
}

function turnOf({ prompt }: Question, columns: readonly PlaygroundColumn[]): Turn {
  return { prompt, answers: Object.fromEntries(columns.map(({ id }) => [id, waitingAnswer])) };
}
