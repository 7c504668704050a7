// Evaluates one target after another in a process of its own, with progress that can be cancelled. What was
// answered stays; the same evaluation goes on from there.
import { l10n } from 'vscode';
import { cancellableWork, type WorkInProgress } from '../cancellableWork';
import { refusalOf } from '../refusal';
import type { Services } from '../services';
import { threadsWanted } from '../settings';
import { EvaluationProgress } from './evaluationProgress';
import {
  evaluateParameters,
  type EvaluationRequest,
  type EvaluationTarget,
} from './evaluationTarget';

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
    const outcome = await cancellableWork(title, (inProgress) =>
      evaluateOne(services, target, request, inProgress),
    );
    if (outcome === undefined) break;
    if (outcome === 'done') done.push(target.results);
    else refusals.push(outcome.refusal);
  }
  const [only] = refusals;
  if (only === undefined) return done;
  throw new Error(refusals.length === 1 ? only : [...new Set(refusals)].join(' '));
}

async function evaluateOne(
  { programs, output }: Services,
  target: EvaluationTarget,
  request: EvaluationRequest,
  { signal, report }: WorkInProgress,
): Promise<'done' | { refusal: string }> {
  const parameters = evaluateParameters(target, request, threadsWanted());
  output.info(parameters.join(' '));
  const told = new EvaluationProgress(request.tasks.length, l10n.t);
  const onErrorLine = (line: string): void => {
    const now = told.take(line, performance.now());
    if (now !== undefined) report(now.share, now.text);
  };
  const result = await programs.run(parameters, { signal, onErrorLine });
  if (result.code === 0) return 'done';
  return { refusal: refusalOf(result.stdout, result.stderr).message };
}
