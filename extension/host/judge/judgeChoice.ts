// Who judges: an endpoint that judged before, another one, or a language model of the editor.
import * as vscode from 'vscode';
import { exampleJudgeUrl, judgeUrlProblem } from '../../shared/judging/judgeUrl';
import { JudgeKeys, type JudgeEndpoint } from './judgeKeys';
import { languageModels, lend, noLanguageModel } from './languageModels';
import type { LentModel } from './lentModel';

const { l10n } = vscode;

export type ChosenJudge = { endpoint: JudgeEndpoint; key: string } | { lent: LentModel };

interface Item extends vscode.QuickPickItem {
  endpoint?: JudgeEndpoint;
  model?: vscode.LanguageModelChat;
  isOther?: true;
  /** Says why there is none. */
  isNone?: true;
}

/** `named`: by the experiments whose answers are judged. Undefined if the user changed their mind. */
export async function chooseJudge(
  title: string,
  named: readonly JudgeEndpoint[],
  keys: JudgeKeys,
): Promise<ChosenJudge | undefined> {
  const items = judgeItems(named, keys.endpoints, await languageModels());
  const placeHolder = l10n.t('Who grades the answers from 1 to 10?');
  const picked = await vscode.window.showQuickPick(items, { title, placeHolder });
  if (picked === undefined) return undefined;
  if (picked.model !== undefined) return { lent: lend(picked.model) };
  const endpoint = picked.endpoint ?? (picked.isOther ? await askForEndpoint(title) : undefined);
  if (picked.isNone) throw new Error(noLanguageModel());
  return endpoint && withKey(endpoint, keys);
}

/** Asks for the key of a server once. */
export async function withKey(
  endpoint: JudgeEndpoint,
  keys: JudgeKeys,
): Promise<ChosenJudge | undefined> {
  const known = await keys.keyOf(endpoint.url);
  if (known !== undefined) return { endpoint, key: known };
  const key = await vscode.window.showInputBox({
    title: l10n.t('Key of {0}', new URL(endpoint.url).origin),
    prompt: l10n.t('Kept in the secret storage of VS Code. Empty if the server needs none.'),
    password: true,
    ignoreFocusOut: true,
  });
  if (key === undefined) return undefined;
  await keys.keep(endpoint.url, key.trim());
  return { endpoint, key: key.trim() };
}

/** Of VS Code, by its id or the first; refused where there is none. */
export async function languageModelNamed(id: string): Promise<ChosenJudge> {
  const models = await languageModels();
  const model = models.find((one) => one.id === id) ?? (id === '' ? models[0] : undefined);
  if (model === undefined) throw new Error(noLanguageModel());
  return { lent: lend(model) };
}

function judgeItems(
  named: readonly JudgeEndpoint[],
  before: readonly JudgeEndpoint[],
  models: readonly vscode.LanguageModelChat[],
): Item[] {
  const isNamed = ({ url, model }: JudgeEndpoint): boolean =>
    named.some((one) => one.url === url && one.model === model);
  const itemOf = (endpoint: JudgeEndpoint, detail?: string): Item => ({
    label: endpoint.model,
    description: endpoint.url,
    iconPath: new vscode.ThemeIcon('server'),
    ...(detail !== undefined && { detail }),
    endpoint,
  });
  const heading = (label: string): Item => ({ label, kind: vscode.QuickPickItemKind.Separator });
  return [
    heading(l10n.t('OpenAI-compatible endpoints')),
    ...named.map((endpoint) => itemOf(endpoint, l10n.t('as the experiment says'))),
    ...before.filter((endpoint) => !isNamed(endpoint)).map((endpoint) => itemOf(endpoint)),
    {
      label: l10n.t('Another Endpoint…'),
      iconPath: new vscode.ThemeIcon('add'),
      isOther: true,
    },
    heading(l10n.t('Language models of VS Code')),
    ...models.map((model) => ({
      label: model.name,
      description: `${model.vendor} · ${model.family}`,
      iconPath: new vscode.ThemeIcon('sparkle'),
      model,
    })),
    ...(models.length > 0
      ? []
      : [
          {
            label: l10n.t('None is available'),
            detail: l10n.t('An extension such as GitHub Copilot offers them'),
            iconPath: new vscode.ThemeIcon('circle-slash'),
            isNone: true as const,
          },
        ]),
  ];
}

async function askForEndpoint(title: string): Promise<JudgeEndpoint | undefined> {
  const url = await vscode.window.showInputBox({
    title,
    prompt: l10n.t('Base URL of the endpoint'),
    placeHolder: exampleJudgeUrl,
    ignoreFocusOut: true,
    validateInput: (text) =>
      judgeUrlProblem(text.trim()) === undefined
        ? undefined
        : l10n.t('A URL such as {0}, without a name or a password', exampleJudgeUrl),
  });
  if (url === undefined) return undefined;
  const model = await vscode.window.showInputBox({
    title,
    prompt: l10n.t("The judge's model, as the endpoint calls it"),
    ignoreFocusOut: true,
    validateInput: (text) => (text.trim() === '' ? l10n.t('A name') : undefined),
  });
  return model === undefined ? undefined : { url: url.trim(), model: model.trim() };
}
