// What an evaluation found, as tables: a table for each protocol, since their figures are not comparable.
import { join } from 'node:path';
import type { AccuracyResult, PerplexityResult } from '../evaluation/evaluate';
import type { TaskQuestions } from '../evaluation/taskQuestions';
import { readLines } from '../runs/answerFile';
import { writeAtomically } from '../runs/atomicFile';
import { parseAnswer } from '../shared/judging/conversationLines';
import { parsePrediction } from '../shared/prediction';
import { macroAverage } from '../shared/statistics/macroAverage';
import { groupsOf } from '../shared/taskGroups';
import { percent } from '../shared/amounts';
import { judgedTable } from './judgedTable';
import type { JudgedResult } from './judging';
import { duration, table } from './wording';

/** What is told of a task: its own figures, or those that a judge gave it. */
export type ToldResult = AccuracyResult | PerplexityResult | JudgedResult;

export function scoreTables(scores: readonly ToldResult[], results: string): string {
  const accuracies = scores.filter((one) => 'accuracy' in one);
  const generated = accuracies.filter(({ protocol }) => protocol === 'generation');
  const chosen = accuracies.filter(({ protocol }) => protocol === 'choice');
  const measured = scores.filter((one) => one.protocol === 'perplexity');
  const judged = scores.filter((one) => one.protocol === 'judged');
  return [
    ...(generated.length > 0 ? [accuracyTable('task', generated, averageRows(generated))] : []),
    ...(chosen.length > 0 ? [accuracyTable('by log-likelihood', chosen, [])] : []),
    ...(measured.length > 0 ? [perplexityTable(measured)] : []),
    ...(judged.length > 0 ? [judgedTable(judged)] : []),
    `Predictions: ${results}`,
  ].join('\n\n');
}

function accuracyTable(
  heading: string,
  scores: readonly AccuracyResult[],
  averages: string[][],
): string {
  const rows = scores.map(({ task, n, correct, accuracy, interval, seconds }) => [
    task,
    String(n),
    String(correct),
    percent(accuracy),
    `${percent(interval.low)} to ${percent(interval.high)}`,
    duration(seconds),
  ]);
  const head = [heading, 'n', 'correct', 'accuracy', '95 % interval', 'time'];
  return table(head, [...rows, ...averages]);
}

/** Of each group with several tasks, each counting alike. */
function averageRows(scores: readonly AccuracyResult[]): string[][] {
  return groupsOf(scores).flatMap(({ group, tasks }) => {
    const own = scores.filter(({ task }) => tasks.includes(task));
    const average = own.length < 2 ? undefined : macroAverage(own);
    if (average === undefined) return [];
    const { value, interval } = average;
    const name = group === '' ? `mean of ${own.length}` : `mean of ${group}`;
    const range = `${percent(interval.low)} to ${percent(interval.high)}`;
    return [[name, '', '', percent(value), range, '']];
  });
}

function perplexityTable(scores: readonly PerplexityResult[]): string {
  const rows = scores.map(({ task, tokens, natsPerToken, perplexity, seconds }) => [
    task,
    String(tokens),
    natsPerToken.toFixed(4),
    perplexity.toFixed(3),
    duration(seconds),
  ]);
  return table(['text', 'tokens', 'nats a token', 'perplexity', 'time'], rows);
}

/** The predictions of all tasks in one file, in the order of the questions. */
export function writePredictions(
  output: string,
  asked: readonly TaskQuestions[],
  results: string,
): void {
  const lines = asked.flatMap((one) => {
    if (one.protocol === 'perplexity') return [];
    const { name } = one.task;
    const file = join(results, `${name}.jsonl`);
    if (one.protocol === 'judged') {
      const asked = new Set(one.questions.map(({ index }) => index));
      const answers = readLines(file, parseAnswer).filter(({ index }) => asked.has(index));
      return answers.map((answer) => `${JSON.stringify({ task: name, ...answer })}\n`);
    }
    const known = readLines(file, parsePrediction);
    const last = new Map(known.map((prediction) => [prediction.index, prediction]));
    return one.questions.flatMap(({ index }) => {
      const prediction = last.get(index);
      return prediction ? [`${JSON.stringify({ task: name, ...prediction })}\n`] : [];
    });
  });
  writeAtomically(output, lines.join(''));
}
