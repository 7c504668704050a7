// What is said of an answer and of its tokens. Free of the document.
import type {
  Answer,
  PlaygroundColumn,
  PromptForm,
  Question,
} from '../../extension/shared/pages/playgroundPage';
import type { AnswerEnd, AnswerFigures, AnswerToken } from '../../extension/shared/playground';
import { sizeText } from '../../extension/shared/timeText';
import type { Translate } from '../../extension/shared/translate';

/** "23 tokens · 48 tokens/s · first after 210 ms" */
export function figuresText(figures: AnswerFigures, t: Translate): string {
  const { tokens, promptSeconds } = figures;
  const count = tokens === 1 ? t('1 token') : t('{0} tokens', tokens);
  const speed = tokensPerSecond(figures);
  return [
    count,
    ...(speed === undefined ? [] : [t('{0} tokens/s', speedText(speed))]),
    ...(tokens === 0 ? [] : [t('first after {0}', shortTime(promptSeconds))]),
  ].join(' · ');
}

/** Of what comes after the first token; one alone has no speed. */
export function tokensPerSecond({ tokens, seconds }: AnswerFigures): number | undefined {
  return tokens > 1 && seconds > 0 ? (tokens - 1) / seconds : undefined;
}

/** "210 ms", "1.4 s" */
function shortTime(seconds: number): string {
  return seconds < 1 ? `${Math.max(1, Math.round(1000 * seconds))} ms` : `${seconds.toFixed(1)} s`;
}

function speedText(speed: number): string {
  return speed < 10 ? speed.toFixed(1) : speed.toFixed(0);
}

export function endText(end: AnswerEnd, t: Translate): string {
  const texts: Record<AnswerEnd, string> = {
    end: t('ended by itself'),
    length: t('as long as allowed'),
    context: t("the model's context is full"),
    stopped: t('stopped'),
  };
  return texts[end];
}

/** For the column's line of state. */
export function stateText(answer: Answer, t: Translate): string {
  switch (answer.state) {
    case 'waiting':
      return t('Waits for its turn');
    case 'quantising':
      return t('Quantising the base');
    case 'loading':
      return t('Loading the model');
    case 'writing':
      return answer.tokens.length === 0 ? t('Reading the prompt') : t('Writing');
    case 'ended':
      return answer.figures === undefined ? '' : endText(answer.figures.end, t);
    case 'failed':
      return t('Failed');
  }
}

/** "9 MB of memory, 8 MB of it shared with DoRA r16" */
export function memoryText(answer: Answer, t: Translate): string {
  const { memoryBytes, baseBytes, sharedWith } = answer;
  if (memoryBytes === 0) return '';
  const size = t('{0} of memory', sizeText(memoryBytes));
  if (sharedWith.length === 0) return size;
  return t('{0}, {1} of it shared with {2}', size, sizeText(baseBytes), sharedWith.join(' · '));
}

/** What a column is, and what its base turned out to be where its name does not say it: "starter · base in NF4". */
export function detailText(
  { detail, quantize }: PlaygroundColumn,
  answer: Answer | undefined,
  t: Translate,
): string {
  const quantization = answer?.quantization;
  if (quantize !== undefined || quantization === undefined) return detail;
  return `${detail} · ${t('base in {0}', quantization.replace('nf4', 'NF4'))}`;
}

/** "1 turn", "3 turns" */
export function turnsText(count: number, t: Translate): string {
  return count === 1 ? t('1 turn') : t('{0} turns', count);
}

/** "312 of 8192 tokens of context" */
export function contextText(answer: Answer, t: Translate): string {
  const { promptTokens, contextLength, tokens } = answer;
  if (contextLength === 0) return '';
  return t('{0} of {1} tokens of context', promptTokens + tokens.length, contextLength);
}

/** With signs for what cannot be seen: "␣the", "↵". */
export function visibleText(text: string): string {
  return text.replace(/ /g, '␣').replace(/\n/g, '↵').replace(/\t/g, '⇥');
}

/** "83.2 %", "< 0.1 %" */
export function percentText(probability: number): string {
  const percent = 100 * probability;
  if (percent > 0 && percent < 0.1) return '< 0.1 %';
  return `${percent.toFixed(1)} %`;
}

/** How sure the model was, in steps that can be marked: 0 quite, 3 hardly. */
export function doubtOf({ probability }: AnswerToken): 0 | 1 | 2 | 3 {
  if (probability >= 0.9) return 0;
  if (probability >= 0.5) return 1;
  return probability >= 0.2 ? 2 : 3;
}

/** What a screen reader says of a token. */
export function spokenToken(token: AnswerToken, t: Translate): string {
  const others = token.alternatives
    .filter(({ text }) => text !== token.name)
    .slice(0, 2)
    .map(({ text, probability }) => `${visibleText(text)} ${percentText(probability)}`);
  const own = `${visibleText(token.name)} ${percentText(token.probability)}`;
  return others.length === 0 ? own : t('{0}; otherwise {1}', own, others.join(', '));
}

export function formText(form: PromptForm, t: Translate): string {
  const texts: Record<PromptForm, string> = {
    plain: t('Plain text'),
    chat: t("Chat, by the model's template"),
    paper: t("Instruction, paper's template"),
    alpaca: t('Instruction, Alpaca template'),
    data: t("Instruction, the run's own template"),
  };
  return texts[form];
}

/** "greedy, at most 128 tokens", "temperature 0.8, top-k 50, top-p 0.95, seed 0, at most 128 tokens" */
export function settingsText({ settings }: Pick<Question, 'settings'>, t: Translate): string {
  const { isSampled, temperature, topK, topP, seed, maxNewTokens } = settings;
  const length = t('at most {0} tokens', maxNewTokens);
  if (!isSampled) return [t('greedy'), length].join(', ');
  return [
    t('temperature {0}', temperature),
    ...(topK > 0 ? [t('top-k {0}', topK)] : []),
    ...(topP < 1 ? [t('top-p {0}', topP)] : []),
    t('seed {0}', seed),
    length,
  ].join(', ');
}
