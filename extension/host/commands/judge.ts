// Judge Answers, Show Judged Answers and Forget Judge Keys.
import { existsSync } from 'node:fs';
import { basename } from 'node:path';
import * as vscode from 'vscode';
import { judgedFilesIn, type JudgedFile } from '../../runs/judgedResults';
import { runLabel, type RunView } from '../runModel';
import { chooseJudge, languageModelNamed, withKey, type ChosenJudge } from '../judge/judgeChoice';
import { judgedUri, showJudged } from '../judge/judgedDocument';
import { JudgeKeys, type JudgeEndpoint } from '../judge/judgeKeys';
import { runJudging, type JudgedPlace } from '../judge/runJudging';
import { pickRuns } from '../pickRuns';
import type { Services } from '../services';

const { l10n } = vscode;

/** By scripts, where nothing is to be asked. */
type NamedJudge = JudgeEndpoint & { key?: string };

/** Files of answers that were judged. `given`: runs, folders of results, and who judges where nothing is to be asked. */
export async function judgeAnswers(
  services: Services,
  ...given: unknown[]
): Promise<string[] | undefined> {
  if (!vscode.workspace.isTrusted) throw new Error(l10n.t('Judging needs a trusted workspace.'));
  const all = given.flat();
  const judgeGiven = all.find(namesJudge);
  const places = await placesOf(
    services,
    all.filter((one) => one !== judgeGiven),
  );
  const [first] = places;
  if (first === undefined) return undefined;
  const keys = new JudgeKeys(services.context);
  const title =
    places.length === 1
      ? l10n.t('Judge {0}', first.title)
      : l10n.t('Judge the Answers of {0} Runs', places.length);
  const judge =
    judgeGiven === undefined
      ? await chooseJudge(title, endpointsOf(places), keys)
      : await namedJudge(judgeGiven, keys);
  if (judge === undefined) return undefined;
  if ('endpoint' in judge) await keys.remember(judge.endpoint);
  const judged: JudgedFile[] = [];
  let problem: string | undefined;
  for (const place of places) {
    const outcome = await runJudging(services, place, judge);
    services.judged.refresh();
    if (outcome === undefined) break;
    judged.push(...place.files);
    ({ problem } = outcome);
    // The others would only wait for the same judge.
    if (problem !== undefined) break;
  }
  const [shown] = judged;
  if (shown !== undefined) await showJudged(shown);
  if (problem !== undefined) throw new Error(problem);
  return judged.map(({ answers }) => answers);
}

/** The document's address; undefined if there is nothing to show. */
export async function showJudgedAnswers(
  services: Services,
  ...given: unknown[]
): Promise<vscode.Uri | undefined> {
  const files = (await placesOf(services, given.flat())).flatMap((place) => place.files);
  const file = files.length < 2 ? files[0] : await askForFile(files);
  if (file === undefined) return undefined;
  await showJudged(file);
  return judgedUri(file);
}

export async function forgetJudgeKeys({ context }: Services): Promise<number> {
  const forgotten = await new JudgeKeys(context).forgetAll();
  const text =
    forgotten === 0
      ? l10n.t('There was no key of a judge to forget.')
      : l10n.t('The keys of {0} judges are forgotten.', forgotten);
  vscode.window.setStatusBarMessage(text, 5000);
  return forgotten;
}

interface Place extends JudgedPlace {
  files: JudgedFile[];
  view?: RunView;
}

/** Runs and folders that hold answers; says so where they hold none. */
async function placesOf(services: Services, given: readonly unknown[]): Promise<Place[]> {
  const folders = given.filter(
    (one): one is string =>
      typeof one === 'string' && services.store.find(one) === undefined && existsSync(one),
  );
  const named = given.filter((one) => !folders.includes(one as string));
  if (named.length === 0 && folders.length > 0) return folders.flatMap((path) => placeAt(path));
  const views = await pickRuns(services, named, {
    placeholder: l10n.t('Run whose answers to judge'),
    none: noAnswers(),
    accepts: ({ folder }) => judgedFilesIn(folder).length > 0,
  });
  const isNamed = named.some((one) => one !== undefined);
  if (views.length === 0 && isNamed) void vscode.window.showInformationMessage(noAnswers());
  return views.map((view) => ({
    title: view.tags.name ?? runLabel(view.run),
    path: view.folder,
    files: judgedFilesIn(view.folder),
    view,
  }));
}

function placeAt(path: string): Place[] {
  const files = judgedFilesIn(path);
  return files.length === 0 ? [] : [{ title: basename(path), path, files }];
}

function noAnswers(): string {
  return l10n.t(
    'There are no answers to judge yet: evaluate a run on a task whose protocol is judged, such as mt_bench.',
  );
}

/** Those that the experiments name. */
function endpointsOf(places: readonly Place[]): JudgeEndpoint[] {
  const all = places.flatMap(({ view }) => view?.run.settings.evaluation.judge ?? []);
  return [...new Map(all.map((one) => [`${one.url} ${one.model}`, one])).values()];
}

async function namedJudge(
  given: NamedJudge | { languageModel: string },
  keys: JudgeKeys,
): Promise<ChosenJudge | undefined> {
  if ('languageModel' in given) return languageModelNamed(given.languageModel);
  const { url, model, key } = given;
  if (key !== undefined) await keys.keep(url, key);
  return withKey({ url, model }, keys);
}

function namesJudge(given: unknown): given is NamedJudge | { languageModel: string } {
  if (typeof given !== 'object' || given === null) return false;
  return 'languageModel' in given || ('url' in given && 'model' in given);
}

async function askForFile(files: readonly JudgedFile[]): Promise<JudgedFile | undefined> {
  const items = files.map((file) => ({
    label: file.task,
    description: basename(file.folder),
    iconPath: new vscode.ThemeIcon('comment-discussion'),
    file,
  }));
  const placeHolder = l10n.t('Answers to show');
  return (await vscode.window.showQuickPick(items, { placeHolder }))?.file;
}
