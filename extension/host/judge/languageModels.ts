// The language models that extensions such as GitHub Copilot give to others. The first question brings VS Code's own
// dialog, where the user allows it.
import * as vscode from 'vscode';
import { LentModelError, type LentModel } from './lentModel';

const { l10n } = vscode;

export async function languageModels(): Promise<vscode.LanguageModelChat[]> {
  return vscode.lm.selectChatModels();
}

export function noLanguageModel(): string {
  return l10n.t(
    'VS Code has no language model here. Sign in to an extension that offers one, such as GitHub Copilot, or let an endpoint judge.',
  );
}

export function lend(model: vscode.LanguageModelChat): LentModel {
  return {
    name: `${model.vendor}/${model.id}`,
    ask: async (messages, signal) => {
      const source = new vscode.CancellationTokenSource();
      const cancel = (): void => {
        source.cancel();
      };
      signal.addEventListener('abort', cancel);
      try {
        const response = await model.sendRequest(
          messages.map(({ role, content }) =>
            role === 'assistant'
              ? vscode.LanguageModelChatMessage.Assistant(content)
              : // There is no role for instructions: they are said first.
                vscode.LanguageModelChatMessage.User(content),
          ),
          { justification: l10n.t('Grades the answers of a model that you evaluate.') },
          source.token,
        );
        let text = '';
        for await (const part of response.text) text += part;
        return text;
      } catch (error) {
        throw asLentModelError(error);
      } finally {
        signal.removeEventListener('abort', cancel);
        source.dispose();
      }
    },
  };
}

function asLentModelError(error: unknown): unknown {
  if (!(error instanceof vscode.LanguageModelError)) return error;
  switch (error.code) {
    case vscode.LanguageModelError.NoPermissions.name:
    case vscode.LanguageModelError.NotFound.name:
      return new LentModelError('judge-refused', error.message);
    case vscode.LanguageModelError.Blocked.name:
      return new LentModelError('judge-declined', error.message);
    default:
      return error;
  }
}
