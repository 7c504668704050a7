// The playground's page: shows the store, and hands it what the user does.
import * as vscode from 'vscode';
import type {
  PlaygroundPageEvents,
  PlaygroundPageMethods,
} from '../../shared/pages/playgroundPage';
import type { PageDefinition } from '../pages/page';
import { chooseBases } from './chooseBases';
import { chooseColumns } from './chooseColumns';
import { openStore } from './openStore';

export const playgroundPage: PageDefinition<object, PlaygroundPageMethods, PlaygroundPageEvents> = {
  kind: 'playground',
  title: vscode.l10n.t('Playground'),
  icon: 'playground',
  open: (_, { events }, services) => {
    const { store, setShown } = openStore(services);
    store.show((event, data) => {
      events.send(event, data);
    });
    setShown(true);
    const trust = vscode.workspace.onDidGrantWorkspaceTrust(() => {
      events.send('trustGranted', null);
    });
    return {
      handlers: {
        readState: () => events.snapshot({ ...store.state(), mayRun: vscode.workspace.isTrusted }),
        addColumns: async () => {
          const chosen = await chooseColumns(services, store.columns);
          if (chosen !== undefined) store.setColumns(chosen);
        },
        removeColumn: (id) => {
          store.setColumns(store.columns.filter((one) => one.id !== id));
        },
        chooseBases: async (id) => {
          const chosen = await chooseBases(store.columns, id);
          if (chosen !== undefined) store.setColumns(chosen);
        },
        ask: (question, from) => {
          if (vscode.workspace.isTrusted) store.ask(question, from ?? undefined);
        },
        regenerate: (settings) => {
          if (vscode.workspace.isTrusted) store.regenerate(settings);
        },
        newConversation: () => {
          store.newConversation();
        },
        resume: (entry) => {
          store.resume(entry);
        },
        stop: (id) => {
          store.stop(id ?? undefined);
        },
        forget: async (entry) => {
          if (entry !== null) store.forget(entry);
          else if (await mayForgetAll(store.state().history.length)) store.forget();
        },
      },
      dispose: () => {
        trust.dispose();
        store.show(undefined);
        setShown(false);
      },
    };
  },
};

async function mayForgetAll(count: number): Promise<boolean> {
  const { l10n } = vscode;
  const question = l10n.t('Forget all {0} earlier prompts and their answers?', count);
  const forget = l10n.t('Forget');
  return (await vscode.window.showWarningMessage(question, { modal: true }, forget)) === forget;
}
