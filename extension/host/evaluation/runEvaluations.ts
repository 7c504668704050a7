// Evaluates one target after another in a process of its own, with progress that can be cancelled. What was
// answered stays; the same evaluation goes on from there.
import { l10n, window } from 'vscode';
import { cancellableWork, type WorkInProgress } from '../cancellableWork';
import { refusalOf, type Refusal } from '../refusal';
import type { Services } from '../services';
import { machineParameters } from '../settings';
import { EvaluationProgress } from './evaluationProgress';
import {
  evaluateParameters,
  type EvaluationRequest,
  type EvaluationTarget,
} from './evaluationTarget';

/** The command line's refusals to mix answers, out of which one may start anew. */
const mixed = ['answers-of-other-model', 'answers-to-other-questions'];

/** The folders of results that are whole. What one target is refused for does not hold up the others. */
export async function runEvaluations(
  services: Services,
  targets: readonly EvaluationTarget[],
  request: EvaluationRequest,
): Promise<string[]> {
  const done: string[] = [];
  const refusals: string[] = [];
  for (const [index, target] of targets.entries()) {
    const title =
      targets.length === 1
        ? l10n.t('Evaluating {0}', target.title)
        : l10n.t('Evaluating {0} ({1} of {2})', target.title, index + 1, targets.length);
    const evaluate = (asked: EvaluationRequest): Promise<Outcome | undefined> =>
      cancellableWork(title, (inProgress) => evaluateOne(services, target, asked, inProgress));
    let outcome = await evaluate(request);
    if (typeof outcome === 'object' && mixed.includes(outcome.code ?? '')) {
      if (!(await mayStartAnew(target))) continue;
      outcome = await evaluate({ ...request, replace: true });
    }
    if (outcome === undefined) break;
    if (outcome === 'done') done.push(target.results);
    else refusals.push(outcome.message);
  }
  const [only] = refusals;
  if (only === undefined) return done;
  throw new Error(refusals.length === 1 ? only : [...new Set(refusals)].join(' '));
}

/** Answers that are there are of something else: the user decides, for they took time. */
async function mayStartAnew({ title, results }: EvaluationTarget): Promise<boolean> {
  const start = l10n.t('Start Anew');
  const message = l10n.t(
    'There are answers of another model, or to other questions, where those of {0} would go.',
    title,
  );
  const detail = l10n.t(
    'Answers of two are never mixed. Starting anew keeps the old files beside the new ones, as .old, in {0}.',
    results,
  );
  const chosen = await window.showWarningMessage(message, { modal: true, detail }, start);
  return chosen === start;
}

type Outcome = 'done' | Refusal;

async function evaluateOne(
  { programs, output }: Services,
  target: EvaluationTarget,
  request: EvaluationRequest,
  { signal, report }: WorkInProgress,
): Promise<Outcome> {
  const parameters = evaluateParameters(target, request, machineParameters());
  output.info(parameters.join(' '));
  const told = new EvaluationProgress(request.tasks.length, l10n.t);
  const onErrorLine = (line: string): void => {
    const now = told.take(line, performance.now());
    if (now !== undefined) report(now.share, now.text);
  };
  const result = await programs.run(parameters, { signal, onErrorLine });
  if (result.code === 0) return 'done';
  return refusalOf(result.stdout, result.stderr);
}
