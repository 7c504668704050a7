// Evaluates one target after another in a process of its own, with progress that can be cancelled. What was
// answered stays; the same evaluation goes on from there.
import * as vscode from 'vscode';
import { refusalOf } from '../refusal';
import type { Services } from '../services';
import { threadsWanted } from '../settings';
import { EvaluationProgress } from './evaluationProgress';
import {
  evaluateParameters,
  type EvaluationRequest,
  type EvaluationTarget,
} from './evaluationTarget';

const { l10n } = vscode;

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
    const outcome = await vscode.window.withProgress(
      { location: vscode.ProgressLocation.Notification, title, cancellable: true },
      (progress, cancelled) => evaluateOne(services, target, request, { progress, cancelled }),
    );
    if (outcome === 'cancelled') break;
    if (outcome === 'done') done.push(target.results);
    else refusals.push(outcome.refusal);
  }
  const [only] = refusals;
  if (only === undefined) return done;
  throw new Error(refusals.length === 1 ? only : [...new Set(refusals)].join(' '));
}

interface Shown {
  progress: vscode.Progress<{ message: string; increment: number }>;
  cancelled: vscode.CancellationToken;
}

async function evaluateOne(
  { programs, output }: Services,
  target: EvaluationTarget,
  request: EvaluationRequest,
  { progress, cancelled }: Shown,
): Promise<'done' | 'cancelled' | { refusal: string }> {
  const parameters = evaluateParameters(target, request, threadsWanted());
  output.info(parameters.join(' '));
  const told = new EvaluationProgress(request.tasks.length, l10n.t);
  let shown = 0;
  const onErrorLine = (line: string): void => {
    const now = told.take(line, performance.now());
    if (now === undefined) return;
    progress.report({ message: now.text, increment: 100 * (now.share - shown) });
    shown = now.share;
  };
  const abort = new AbortController();
  const listening = cancelled.onCancellationRequested(() => {
    abort.abort();
  });
  try {
    const result = await programs.run(parameters, { signal: abort.signal, onErrorLine });
    if (result.code === 0) return 'done';
    return { refusal: refusalOf(result.stdout, result.stderr).message };
  } catch (error) {
    if (abort.signal.aborted) return 'cancelled';
    throw error;
  } finally {
    listening.dispose();
  }
}
