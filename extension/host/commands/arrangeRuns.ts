// Group By, Sort By and the filter of the sidebar.
import * as vscode from 'vscode';
import { filterSuggestions, type FilterSuggestion } from '../filterSuggestions';
import { groupings, type Grouping } from '../runGroups';
import { orders, type Order } from '../runOrder';
import type { Services } from '../services';
import type { MoreNode } from '../treeModel';

const { l10n } = vscode;

/** `given`: the grouping, without asking. */
export async function groupRuns({ tree }: Services, given: unknown): Promise<void> {
  const names: Record<Grouping, string> = {
    experiment: l10n.t('Experiment'),
    method: l10n.t('Method'),
    state: l10n.t('State'),
    none: l10n.t('None'),
  };
  const grouping =
    groupings.find((one) => one === given) ??
    (await choose(l10n.t('Group Runs By'), names, tree.arrangement.grouping));
  if (grouping !== undefined) await tree.arrange({ grouping });
}

/** `given`: the order, without asking. */
export async function sortRuns({ tree }: Services, given: unknown): Promise<void> {
  const names: Record<Order, string> = {
    newest: l10n.t('Newest First'),
    name: l10n.t('Name'),
    loss: l10n.t('Lowest Loss'),
    accuracy: l10n.t('Highest Accuracy'),
    slope: l10n.t('Lowest Slope'),
    duration: l10n.t('Shortest Training'),
  };
  const order =
    orders.find((one) => one === given) ??
    (await choose(l10n.t('Sort Runs By'), names, tree.arrangement.order));
  if (order !== undefined) await tree.arrange({ order });
}

export async function clearFilter({ tree }: Services): Promise<void> {
  await tree.arrange({ filter: '' });
}

export function showMoreRuns({ tree }: Services, node: unknown): Promise<void> {
  tree.showMore(node as MoreNode);
  return Promise.resolve();
}

/** The runs follow each letter; Escape brings back what was there. `given`: the filter, without asking. */
export async function filterRuns(services: Services, given: unknown): Promise<void> {
  const { tree } = services;
  if (typeof given === 'string') {
    await tree.arrange({ filter: given.trim() });
    return;
  }
  const before = tree.arrangement.filter;
  const accepted = await askForFilter(services, before);
  await tree.arrange({ filter: accepted ?? before });
}

async function choose<T extends string>(
  title: string,
  names: Record<T, string>,
  current: T,
): Promise<T | undefined> {
  const items = Object.entries<string>(names).map(([id, label]) => ({
    label,
    iconPath: new vscode.ThemeIcon(id === current ? 'check' : 'blank'),
    id: id as T,
  }));
  return (await vscode.window.showQuickPick(items, { title }))?.id;
}

interface Item extends vscode.QuickPickItem {
  suggestion?: FilterSuggestion;
}

function askForFilter({ tree, store }: Services, before: string): Promise<string | undefined> {
  const box = vscode.window.createQuickPick<Item>();
  box.title = l10n.t('Filter Runs');
  box.placeholder = l10n.t('Words, or terms like is:starred, tag:x, state:failed, loss<0.5');
  box.value = before;
  const show = (): void => {
    const { shown, all } = tree.counts;
    const found: Item = {
      label: l10n.t('Show {0} of {1} runs', shown, all),
      iconPath: new vscode.ThemeIcon('filter'),
      alwaysShow: true,
    };
    const suggestions = filterSuggestions(box.value, store.views, l10n.t);
    const terms = suggestions.map((suggestion): Item => {
      const { term, meaning } = suggestion;
      return { label: term, description: meaning, alwaysShow: true, suggestion };
    });
    box.items = [found, ...terms];
    box.activeItems = [found];
  };
  const tryOut = async (): Promise<void> => {
    await tree.arrange({ filter: box.value.trim() }, true);
    show();
  };
  return new Promise((resolve) => {
    box.onDidChangeValue(() => void tryOut());
    box.onDidAccept(() => {
      const suggestion = box.activeItems[0]?.suggestion;
      if (suggestion === undefined) {
        resolve(box.value.trim());
        box.dispose();
        return;
      }
      box.value = suggestion.filter;
      void tryOut();
    });
    box.onDidHide(() => {
      resolve(undefined);
      box.dispose();
    });
    show();
    box.show();
  });
}
