// The playground of this window: its columns, the answers so far, and what was asked before, which stays with the
// workspace. It outlives the page while that is hidden. Free of VS Code.
import { answerAfter, isOpen, keptAnswer, waitingAnswer } from '../../shared/answers';
import type {
  Answer,
  Draft,
  HistoryEntry,
  PlaygroundColumn,
  PlaygroundPageEvents,
  PlaygroundPageState,
  PromptForm,
  Question,
} from '../../shared/pages/playgroundPage';
import type { AnswerEvent, PlaygroundEvent, PlaygroundRequest } from '../../shared/playground';
import type { Translate } from '../../shared/translate';
import { formFor } from './columns';

export interface PlaygroundMemory {
  get(key: string): unknown;
  update(key: string, value: unknown): PromiseLike<void>;
}

export interface Answerer {
  send(request: PlaygroundRequest): void;
  end(): void;
}

export type Tell = <K extends keyof PlaygroundPageEvents>(
  event: K,
  data: PlaygroundPageEvents[K],
) => void;

interface Kept {
  columns: PlaygroundColumn[];
  history: HistoryEntry[];
  last?: Question;
}

const memoryKey = 'adapterLab.playground';
const mostEntries = 50;

export class PlaygroundStore {
  private kept: Kept;
  private answers: Record<string, Answer> = {};
  private draft: Draft | undefined;
  private round = 0;
  private isAnswering = false;
  private page: Tell | undefined;
  private asked: { question: Question; columns: PlaygroundColumn[]; at: Date } | undefined;

  constructor(
    private readonly memory: PlaygroundMemory,
    private readonly answerer: Answerer,
    private readonly t: Translate,
  ) {
    this.kept = (memory.get(memoryKey) as Kept | undefined) ?? { columns: [], history: [] };
  }

  get columns(): readonly PlaygroundColumn[] {
    return this.kept.columns;
  }

  get isBusy(): boolean {
    return this.isAnswering;
  }

  state(): Omit<PlaygroundPageState, 'mayRun'> {
    const { answers, isAnswering, draft } = this;
    const { columns, history, last } = this.kept;
    return { columns, answers, isAnswering, history, last, draft };
  }

  /** One page at a time. */
  show(page: Tell | undefined): void {
    this.page = page;
  }

  setColumns(columns: PlaygroundColumn[]): void {
    this.keep({ columns });
    const ids = new Set(columns.map(({ id }) => id));
    for (const [id, answer] of Object.entries(this.answers)) {
      if (!ids.has(id) && isOpen(answer)) this.stop(id);
    }
    this.page?.('columnsChanged', columns);
  }

  propose(prompt: string, form: PromptForm, now = new Date()): void {
    this.draft = { number: now.getTime(), prompt, form };
    this.page?.('drafted', this.draft);
  }

  /** A question that is asked while another one is answered ends that one. */
  ask(question: Question, now = new Date()): void {
    const { columns } = this.kept;
    if (columns.length === 0 || question.prompt === '') return;
    if (this.isAnswering) this.finish();
    this.round += 1;
    this.asked = { question, columns, at: now };
    this.answers = Object.fromEntries(columns.map(({ id }) => [id, waitingAnswer]));
    this.isAnswering = true;
    this.keep({ last: question });
    this.page?.('asked', { question, answers: this.answers });
    const { prompt, form, settings } = question;
    this.answerer.send({
      ...{ kind: 'ask', round: this.round, prompt, settings },
      models: columns.map((column) => {
        const { id, model, adapter } = column;
        return { id, model, ...(adapter && { adapter }), form: formFor(column, form, columns) };
      }),
    });
  }

  stop(id?: string): void {
    if (this.isAnswering) this.answerer.send({ kind: 'stop', ...(id !== undefined && { id }) });
  }

  forget(entry?: number): void {
    const history = this.kept.history.filter(({ id }) => entry !== undefined && id !== entry);
    this.keep({ history });
    this.page?.('historyChanged', history);
  }

  /** From the command line. */
  receive(event: PlaygroundEvent): void {
    if (event.kind === 'refused') this.failOpen(event.message);
    else if (event.round !== this.round) return;
    else if (event.kind === 'answer') this.change(event.id, event.event);
    else this.finish();
  }

  /** The command line is gone. */
  lost(signal: string | undefined, lastWords: string): void {
    const { t } = this;
    const how =
      signal === undefined
        ? t('The process that runs the models ended unexpectedly. Ask again to start it anew.')
        : t(
            'The process that runs the models ended unexpectedly ({0}). Ask again to start it anew.',
            signal,
          );
    this.failOpen(lastWords === '' ? how : `${how}\n${lastWords}`);
  }

  /** Frees the memory that models take. */
  end(): void {
    this.answerer.end();
    if (this.isAnswering) this.failOpen(this.t('The answer was ended with its page.'));
  }

  private change(id: string, event: AnswerEvent): void {
    const answer = this.answers[id];
    if (answer === undefined) return;
    this.answers = { ...this.answers, [id]: answerAfter(answer, event, (one) => this.nameOf(one)) };
    this.page?.('answered', { id, event });
  }

  private failOpen(message: string): void {
    for (const [id, answer] of Object.entries(this.answers)) {
      if (isOpen(answer)) this.change(id, { kind: 'failed', message });
    }
    if (this.isAnswering) this.finish();
  }

  private finish(): void {
    const { asked, answers } = this;
    this.isAnswering = false;
    if (asked === undefined) return;
    const { history } = this.kept;
    const entry: HistoryEntry = {
      ...asked.question,
      id: 1 + Math.max(0, ...history.map(({ id }) => id)),
      asked: asked.at.toISOString(),
      answers: asked.columns.flatMap(({ id, name }) => {
        const answer = answers[id];
        return answer === undefined ? [] : [keptAnswer(name, answer)];
      }),
    };
    this.asked = undefined;
    this.keep({ history: [entry, ...history].slice(0, mostEntries) });
    this.page?.('finished', this.kept.history);
  }

  private nameOf(id: string): string {
    return this.kept.columns.find((one) => one.id === id)?.name ?? id;
  }

  private keep(changed: Partial<Kept>): void {
    this.kept = { ...this.kept, ...changed };
    void this.memory.update(memoryKey, this.kept);
  }
}
