// Evaluate, and Evaluate Model or Adapter: asks tasks of checkpoints or of any model; the accuracy tables fill
// while answers come.
import * as vscode from 'vscode';
import { askRequest } from '../evaluation/askTasks';
import {
  checkpointTarget,
  type EvaluationRequest,
  type EvaluationTarget,
} from '../evaluation/evaluationTarget';
import { pickCheckpoints } from '../evaluation/pickCheckpoints';
import { pickModelTarget } from '../evaluation/pickModel';
import { runEvaluations } from '../evaluation/runEvaluations';
import { isUnjudged, judgedFilesIn } from '../../runs/judgedResults';
import type { Services } from '../services';

const { l10n } = vscode;

/** Folders of results. `given`: runs or checkpoints, and an `EvaluationRequest` where nothing is to be asked. */
export async function evaluate(
  services: Services,
  ...given: unknown[]
): Promise<string[] | undefined> {
  refuseUntrusted();
  const all = given.flat();
  const request = all.find(isRequest);
  const picked = await pickCheckpoints(
    services,
    all.filter((one) => one !== request),
  );
  const targets = picked.map(({ view, checkpoint }) => checkpointTarget(view, checkpoint, l10n.t));
  return evaluateTargets(services, targets, request);
}

/** `given`: a model's or an adapter's folder. */
export async function evaluateModel(
  services: Services,
  ...given: unknown[]
): Promise<string[] | undefined> {
  refuseUntrusted();
  const all = given.flat();
  const request = all.find(isRequest);
  const folder = all.find((one) => one !== request);
  const target = await pickModelTarget(services, folder, request?.data);
  return evaluateTargets(services, target === undefined ? [] : [target], request);
}

async function evaluateTargets(
  services: Services,
  targets: readonly EvaluationTarget[],
  given: EvaluationRequest | undefined,
): Promise<string[] | undefined> {
  if (targets.length === 0) return undefined;
  const request = given ?? (await askRequest(services, targets));
  if (request === undefined) return undefined;
  await services.pages.show('accuracy', {});
  const results = await runEvaluations(services, targets, request);
  // Answers that need a judge wait for one now; whoever gave a request says so by another command.
  const judged = given === undefined ? results.filter((one) => waitsForJudge(one, request)) : [];
  if (judged.length > 0) await vscode.commands.executeCommand('adapterLab.judgeAnswers', ...judged);
  return results;
}

function waitsForJudge(results: string, { tasks }: EvaluationRequest): boolean {
  return judgedFilesIn(results).some((file) => tasks.includes(file.task) && isUnjudged(file));
}

function isRequest(given: unknown): given is EvaluationRequest {
  return typeof given === 'object' && given !== null && 'limit' in given && 'tasks' in given;
}

function refuseUntrusted(): void {
  if (vscode.workspace.isTrusted) return;
  throw new Error(l10n.t('Evaluating needs a trusted workspace.'));
}
