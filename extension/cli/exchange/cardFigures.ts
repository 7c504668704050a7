// The figures of a model card: losses, accuracies with their intervals, slopes with what they mean.
import { publishedCorrelations } from '../../shared/slopeFits';
import { figureText, meaningText, surpriseText } from '../../shared/slopes/readings';
import { signedText } from '../../shared/slopes/ticks';
import { wilsonInterval } from '../../shared/statistics/wilson';
import { untranslated } from '../../shared/translate';
import { duration } from '../wording';
import { percent } from '../../shared/amounts';
import type { CardRun } from './cardSource';
import { markdownRows } from './markdownRows';

export function figureSections(card: CardRun): string[] {
  return [
    ...lossSection(card),
    ...accuracySection(card),
    ...textSection(card),
    ...judgedSection(card),
    ...slopeSection(card),
  ];
}

function lossSection({ step, steps, trained, trainingLoss, validation }: CardRun): string[] {
  const rows = [
    ['steps', step === steps ? String(step) : `${step} of ${steps}`],
    ['tokens trained on', String(trained.tokens)],
    ['time', duration(trained.seconds)],
  ];
  if (trainingLoss !== undefined) {
    const { loss, steps: count } = trainingLoss;
    rows.push([
      `training loss, mean of the last ${count} steps`,
      `${loss.toFixed(4)} nats a token`,
    ]);
  }
  if (validation !== undefined) {
    const { first, last } = validation;
    rows.push([
      `validation loss at step ${last.step}`,
      `${last.loss.toFixed(4)} nats a token (${first.loss.toFixed(4)} at step ${first.step})`,
    ]);
  }
  return ['## Training', markdownRows(['', ''], rows)];
}

function accuracySection({ results }: CardRun): string[] {
  const tasks = results?.tasks ?? [];
  if (tasks.length === 0) return [];
  const rows = tasks.map(({ task, n, correct, protocol }) => {
    const { low, high } = wilsonInterval(correct, n);
    const how = protocol === 'choice' ? 'likeliest choice' : 'written answer';
    const range = `${percent(low)} to ${percent(high)}`;
    return [task, how, String(n), String(correct), percent(correct / n), range];
  });
  const head = ['task', 'asked by', 'n', 'correct', 'accuracy', '95 % interval'];
  return ['## Accuracy', markdownRows(head, rows)];
}

function textSection({ results }: CardRun): string[] {
  const texts = results?.texts ?? [];
  if (texts.length === 0) return [];
  const rows = texts.map(({ task, tokens, nats }) => {
    const natsPerToken = nats / tokens;
    return [task, String(tokens), natsPerToken.toFixed(4), Math.exp(natsPerToken).toFixed(3)];
  });
  return ['## Perplexity', markdownRows(['text', 'tokens', 'nats a token', 'perplexity'], rows)];
}

function judgedSection({ judged }: CardRun): string[] {
  const rows = judged.flatMap(({ task, judge, judged: count, score, interval }) => {
    if (score === null) return [];
    const range =
      interval === null ? '' : `${interval.low.toFixed(2)} to ${interval.high.toFixed(2)}`;
    return [[task, judge ?? '', String(count), score.toFixed(2), range]];
  });
  if (rows.length === 0) return [];
  const head = ['task', 'judge', 'answers', 'score of 10', '95 % interval'];
  return ['## Judged answers', markdownRows(head, rows)];
}

const { full, lora, dora, source } = publishedCorrelations;
const slopesExplained = [
  'Each point is one weight matrix: how far its direction moved from the base model (deltaD) and how far its magnitude',
  'did (deltaM). Where more turning goes with less change of length, the correlation is negative, as in full fine-tuning;',
  'where both grow together it is positive, as in LoRA. The paper found, for query matrices,',
  `${signedText(full)} for full fine-tuning, ${signedText(dora)} for DoRA and ${signedText(lora)} for LoRA (${source}).`,
].join(' ');

function slopeSection({ slopes, run }: CardRun): string[] {
  if (slopes === undefined) return [];
  const rows = slopes.fits.map((fit) => [
    fit.module,
    fit.slope === null ? '' : fit.slope.toPrecision(3),
    figureText(fit, untranslated),
    [meaningText(fit, untranslated), surpriseText(fit, run.settings.method, untranslated)]
      .filter((text) => text !== '')
      .join(' '),
  ]);
  const head = ['modules', 'slope', 'correlation', 'what it means'];
  return [
    `## Magnitude and direction, step ${slopes.step}`,
    slopesExplained,
    markdownRows(head, rows),
  ];
}
