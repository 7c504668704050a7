// The playground of this window: its columns, the conversation so far, and what was asked before, which stays with the
// workspace. It outlives the page while that is hidden. Free of VS Code.
import { turnsOf } from '../../shared/answers';
import type {
  Draft,
  HistoryEntry,
  PlaygroundColumn,
  PlaygroundPageEvents,
  PlaygroundPageState,
  PromptForm,
  Question,
} from '../../shared/pages/playgroundPage';
import type {
  AnswerEvent,
  AnswerSettings,
  PlaygroundEvent,
  PlaygroundRequest,
} from '../../shared/playground';
import type { Translate } from '../../shared/translate';
import { formFor } from './columns';
import { Conversation } from './conversation';

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

const memoryKey = 'adapterLab.conversations';
const mostEntries = 50;

export class PlaygroundStore {
  private kept: Kept;
  private conversation: Conversation | undefined;
  private draft: Draft | undefined;
  private round = 0;
  private isAnswering = false;
  private page: Tell | undefined;

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
    const { isAnswering, draft } = this;
    const { columns, history, last } = this.kept;
    return { columns, turns: this.conversation?.turns ?? [], isAnswering, history, last, draft };
  }

  /** One page at a time. */
  show(page: Tell | undefined): void {
    this.page = page;
  }

  setColumns(columns: PlaygroundColumn[]): void {
    this.keep({ columns });
    const ids = new Set(columns.map(({ id }) => id));
    for (const id of this.conversation?.open() ?? []) if (!ids.has(id)) this.stop(id);
    this.page?.('columnsChanged', columns);
  }

  propose(prompt: string, form: PromptForm, now = new Date()): void {
    this.draft = { number: now.getTime(), prompt, form };
    this.page?.('drafted', this.draft);
  }

  /**
   * A question that is asked while another one is answered ends that one. In the form chat it goes on with the
   * conversation, or starts over from its turn `from`, when the history keeps what was said from there on as well.
   */
  ask(question: Question, from?: number, now = new Date()): void {
    if (this.isAnswering) this.finish();
    const { conversation } = this;
    const isNext = question.form === 'chat' && conversation?.question.form === 'chat';
    const count = isNext ? Math.min(from ?? Infinity, conversation.turns.length) : 0;
    const isBranch = isNext && count < conversation.turns.length;
    const entry = isNext && !isBranch ? conversation.entry : this.nextEntry();
    this.put(question, { entry, count, now });
  }

  /** The last prompt once more: other settings may give another answer. */
  regenerate(settings: AnswerSettings, now = new Date()): void {
    if (this.isAnswering) this.finish();
    const { conversation } = this;
    if (conversation === undefined) return;
    const { entry, question, turns } = conversation;
    this.put({ ...question, settings }, { entry, count: turns.length - 1, now });
  }

  newConversation(): void {
    this.stop();
    if (this.isAnswering) this.finish();
    // What comes late is of no conversation any more.
    this.round += 1;
    this.conversation = undefined;
    this.tellTurns();
  }

  /** With the columns that it was had with. */
  resume(id: number): void {
    const entry = this.kept.history.find((one) => one.id === id);
    if (entry === undefined) return;
    this.newConversation();
    this.setColumns(entry.columns);
    this.conversation = Conversation.resume(entry);
    this.keep({ last: this.conversation.question });
    this.tellTurns();
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

  private put(question: Question, place: { entry: number; count: number; now: Date }): void {
    const { columns } = this.kept;
    if (columns.length === 0 || question.prompt === '') return;
    const conversation =
      this.conversation === undefined || place.count === 0
        ? Conversation.begin(question, columns, place)
        : this.conversation.then(question, columns, place);
    this.conversation = conversation;
    this.round += 1;
    this.isAnswering = true;
    this.keep({ last: question });
    this.tellTurns();
    const { prompt, form, system, settings } = question;
    const isChat = form === 'chat';
    this.answerer.send({
      ...{ kind: 'ask', round: this.round, prompt, settings },
      ...(isChat && system !== '' && { system }),
      models: columns.map((column) => {
        const { id, model, adapter, quantize } = column;
        const before = turnsOf(id, conversation.earlier);
        return {
          ...{ id, model, ...(adapter && { adapter }), form: formFor(column, form, columns) },
          ...(quantize && { quantize }),
          ...(before.length > 0 && { before }),
        };
      }),
    });
  }

  private change(id: string, event: AnswerEvent): void {
    if (this.conversation?.change(id, event)) this.page?.('answered', { id, event });
  }

  private failOpen(message: string): void {
    for (const id of this.conversation?.open() ?? []) this.change(id, { kind: 'failed', message });
    if (this.isAnswering) this.finish();
  }

  private finish(): void {
    this.isAnswering = false;
    if (this.conversation === undefined) return;
    this.conversation.close();
    const entry = this.conversation.kept();
    const others = this.kept.history.filter(({ id }) => id !== entry.id);
    this.keep({ history: [entry, ...others].slice(0, mostEntries) });
    this.page?.('finished', this.kept.history);
  }

  private nextEntry(): number {
    return 1 + Math.max(0, ...this.kept.history.map(({ id }) => id));
  }

  private tellTurns(): void {
    const { turns, isAnswering, last } = this.state();
    this.page?.('turnsChanged', { turns: [...turns], last, isAnswering });
  }

  private keep(changed: Partial<Kept>): void {
    this.kept = { ...this.kept, ...changed };
    void this.memory.update(memoryKey, this.kept);
  }
}
