// Records as tokens and the tokens that they have to predict, made when they are first needed.
import { Failure } from '../shared/failures';
import type { TextTokenizer } from '../model/tokenizer';
import type { DataRecord } from './records';
import { beforeAnswer, type Renderer } from './render';
import type { RenderedText } from './template';

export interface Example {
  tokens: Int32Array;
  /** Shifted: targets[i] is tokens[i + 1], or -1 where that token does not count. */
  targets: Int32Array;
  counted: number;
}

export interface ExampleSettings {
  renderer: Renderer;
  tokenizer: TextTokenizer;
  /** Ends every record that was not truncated; undefined: nothing does. */
  eosId: number | undefined;
  lossOn: 'all' | 'answer';
  maxLength: number;
}

/** Of the records seen so far. */
export interface ExampleCounts {
  seen: number;
  truncated: number;
  /** Without any token to learn from; they are left out of their batches. */
  dropped: number;
}

/** Tokens kept in memory; beyond them records are tokenised again in each epoch. */
const mostKeptTokens = 20_000_000;
/** Of a text's beginning; some languages write no spaces. */
const mostPromptCharacters = 200;

export class Examples {
  private readonly kept = new Map<number, Example>();
  private keptTokens = 0;
  private readonly seen: Uint8Array;
  private readonly counts: ExampleCounts = { seen: 0, truncated: 0, dropped: 0 };

  constructor(
    private readonly records: DataRecord[],
    private readonly settings: ExampleSettings,
  ) {
    this.seen = new Uint8Array(records.length);
    for (const record of records) settings.renderer.check(record);
  }

  get length(): number {
    return this.records.length;
  }

  get(index: number): Example {
    const kept = this.kept.get(index);
    if (kept !== undefined) return kept;
    const { example, fullLength } = this.tokenize(index);
    this.count(index, fullLength > this.settings.maxLength, example.counted === 0);
    if (this.keptTokens + example.tokens.length <= mostKeptTokens) {
      this.kept.set(index, example);
      this.keptTokens += example.tokens.length;
    }
    return example;
  }

  /** What a record asks; of a plain text its beginning, which the model may go on with. */
  promptOf(index: number): string {
    const record = this.records[index];
    if (record === undefined) throw new RangeError(`there is no record ${index}`);
    const { renderer } = this.settings;
    const rendered = renderer.render(record);
    return renderer.kind === 'text' ? beginning(rendered.text) : beforeAnswer(rendered);
  }

  /** What stands before the answer to a request of the user's own. */
  promptFor(request: string): string {
    return this.settings.renderer.prompt(request);
  }

  /** As in training, without what ends a text. */
  encodePrompt(prompt: string): Int32Array {
    return Int32Array.from(beginningTokens(prompt, this.settings));
  }

  countsSoFar(): Readonly<ExampleCounts> {
    return { ...this.counts };
  }

  /** Refuses a set of which no record fits, or none has anything to learn. Looks no further than the first good one. */
  check(): void {
    const { maxLength } = this.settings;
    let shortest = Infinity;
    let fits = false;
    for (let index = 0; index < this.length; index += 1) {
      const { example, fullLength } = this.tokenize(index);
      shortest = Math.min(shortest, fullLength);
      if (fullLength <= maxLength) fits = true;
      if (fits && example.counted > 0) return;
    }
    const records = this.length;
    if (!fits) throw new Failure('records-too-long', { records, maxLength, shortest });
    throw new Failure('records-without-answer', { records });
  }

  private count(index: number, truncated: boolean, dropped: boolean): void {
    if (this.seen[index] === 1) return;
    this.seen[index] = 1;
    this.counts.seen += 1;
    if (truncated) this.counts.truncated += 1;
    if (dropped) this.counts.dropped += 1;
  }

  private tokenize(index: number): { example: Example; fullLength: number } {
    const record = this.records[index];
    if (record === undefined) throw new RangeError(`there is no record ${index}`);
    const rendered = this.settings.renderer.render(record);
    const { ids, answerFlags } = tokenizeText(rendered, this.settings);
    const tokens = Int32Array.from(ids.slice(0, this.settings.maxLength));
    const targets = new Int32Array(tokens.length).fill(-1);
    let counted = 0;
    for (let i = 0; i + 1 < tokens.length; i += 1) {
      if (answerFlags?.[i + 1] === 0) continue;
      targets[i] = tokens[i + 1] ?? -1;
      counted += 1;
    }
    return { example: { tokens, targets, counted }, fullLength: ids.length };
  }
}

interface TokenizedText {
  ids: number[];
  /** 1 for tokens of answers; undefined when all tokens count. */
  answerFlags: Uint8Array | undefined;
}

function tokenizeText(rendered: RenderedText, settings: ExampleSettings): TokenizedText {
  const { tokenizer, lossOn, eosId } = settings;
  const { kind } = settings.renderer;
  const own = tokenizer.encodePlain(rendered.text);
  const prefix = prefixOf(own, settings);
  const ids = [...prefix, ...own, ...tokenizer.suffix];
  const isEnded = ids.at(-1) === eosId || (kind === 'chat' && endsItself(rendered.text, settings));
  if (eosId !== undefined && kind !== 'text' && !isEnded) ids.push(eosId);
  if (lossOn === 'all') return { ids, answerFlags: undefined };
  const answerFlags = new Uint8Array(ids.length);
  for (const [start, end] of rendered.answers) {
    const from = prefix.length + sharedTokens(rendered.text.slice(0, start), own, tokenizer);
    const isLast = end === rendered.text.length;
    const to = isLast
      ? ids.length
      : prefix.length + sharedTokens(rendered.text.slice(0, end), own, tokenizer);
    answerFlags.fill(1, from, Math.max(from, to));
  }
  return { ids, answerFlags };
}

function beginningTokens(text: string, settings: ExampleSettings): number[] {
  const own = settings.tokenizer.encodePlain(text);
  return [...prefixOf(own, settings), ...own];
}

/** A chat template may have written it already. */
function prefixOf(own: number[], { renderer, tokenizer }: ExampleSettings): readonly number[] {
  const isPrefixed = renderer.kind === 'chat' && startsWith(own, tokenizer.prefix);
  return isPrefixed ? [] : tokenizer.prefix;
}

/** The first words of a text, for a model to go on with. */
function beginning(text: string): string {
  return (/^\s*(?:\S+\s+){0,11}\S+/.exec(text)?.[0] ?? text).slice(0, mostPromptCharacters);
}

function startsWith(ids: number[], prefix: readonly number[]): boolean {
  return prefix.every((id, i) => ids[i] === id);
}

/** The template wrote the end token, perhaps with white space after it as ChatML does. */
function endsItself(text: string, { eosId, tokenizer }: ExampleSettings): boolean {
  const eos = eosId === undefined ? undefined : tokenizer.tokenOf(eosId);
  return eos !== undefined && text.trimEnd().endsWith(eos);
}

/** How many tokens of the whole text the part before a place has in common with it. */
function sharedTokens(before: string, whole: number[], tokenizer: TextTokenizer): number {
  const ids = tokenizer.encodePlain(before);
  let shared = 0;
  while (shared < ids.length && ids[shared] === whole[shared]) shared += 1;
  return shared;
}
