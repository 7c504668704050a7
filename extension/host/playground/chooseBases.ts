// Which weights of its base a column answers on: each that is ticked has a column of its own, so that an adapter can be
// tried on a quantised base beside the same one as it is.
import * as vscode from 'vscode';
import { mostColumns, type PlaygroundColumn } from '../../shared/pages/playgroundPage';
import { baseChoices, type BaseChoice } from '../../shared/playground';
import { baseText, withBases } from './columns';

const { l10n } = vscode;

interface BaseItem extends vscode.QuickPickItem {
  /** Undefined: as the adapter records it. */
  choice: BaseChoice | undefined;
}

/** Undefined if the user changed their mind. */
export async function chooseBases(
  columns: readonly PlaygroundColumn[],
  id: string,
): Promise<PlaygroundColumn[] | undefined> {
  const column = columns.find((one) => one.id === id);
  if (column === undefined) return undefined;
  const picked = await vscode.window.showQuickPick(itemsFor(column), {
    title: l10n.t('Weights of the base under {0}', column.plainName ?? column.name),
    placeHolder: l10n.t('Each that is ticked answers in a column of its own'),
    canPickMany: true,
  });
  if (picked === undefined || picked.length === 0) return undefined;
  const choices = picked.map(({ choice }) => choice);
  const chosen = withBases(columns, id, choices, l10n.t);
  if (chosen.length < columns.length - 1 + choices.length) {
    const text = l10n.t('{0} models answer at most; there was no room for all.', mostColumns);
    void vscode.window.showInformationMessage(text);
  }
  return chosen;
}

function itemsFor({ adapter, quantize }: PlaygroundColumn): BaseItem[] {
  const item = (label: string, choice?: BaseChoice): BaseItem => ({
    ...{ label, choice },
    picked: choice === quantize || (adapter === undefined && choice === 'none' && !quantize),
  });
  return [
    ...(adapter === undefined ? [] : [item(l10n.t('As the adapter was trained'))]),
    ...baseChoices.map((choice) => item(capitalised(baseText(choice, l10n.t)), choice)),
  ];
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
