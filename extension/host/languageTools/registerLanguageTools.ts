// The tools that an assistant in the editor may use, as package.json describes them. What they do is loaded
// with the first call; hosts without language models (`vscode.lm`) go without.
import * as vscode from 'vscode';
import type { Services } from '../services';
import type { LanguageTools } from './languageTools';

type ToolName = keyof LanguageTools;

const names: readonly ToolName[] = [
  'listRuns',
  'summarizeRun',
  'readSlopes',
  'readAccuracies',
  'startTraining',
];

export function registerLanguageTools(services: Services): vscode.Disposable {
  // Older forks of the editor lack it, whatever the types say.
  const lm = vscode.lm as Partial<typeof vscode.lm> | undefined;
  const { registerTool } = lm ?? {};
  if (registerTool === undefined) return vscode.Disposable.from();
  let loading: Promise<LanguageTools> | undefined;
  const load = () => (loading ??= loadTools(services));
  const registered = names.map((name) =>
    registerTool.call(lm, `adapterLab_${name}`, {
      prepareInvocation: async (options, token) =>
        (await load())[name].prepareInvocation(options, token),
      invoke: async (options, token) => (await load())[name].invoke(options, token),
    }),
  );
  return vscode.Disposable.from(...registered);
}

async function loadTools(services: Services): Promise<LanguageTools> {
  const { languageTools } = await import('./languageTools');
  return languageTools(services);
}
