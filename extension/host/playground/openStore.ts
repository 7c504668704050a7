// The store of this window, with the process that answers and what ends it.
import * as vscode from 'vscode';
import type { Services } from '../services';
import { machineParameters } from '../settings';
import { PlaygroundProcess } from './playgroundProcess';
import { PlaygroundStore } from './playgroundStore';

/** A page that is hidden so long lets its models go. */
const lingerMs = 120_000;

export interface OpenPlayground {
  store: PlaygroundStore;
  /** A page shows it, or none does any more. */
  setShown: (isShown: boolean) => void;
}

const opened = new WeakMap<vscode.ExtensionContext, OpenPlayground>();

export function openStore({ context, programs, output }: Services): OpenPlayground {
  const known = opened.get(context);
  if (known !== undefined) return known;
  const answerer = new PlaygroundProcess(
    () => ({ cli: programs.cli, machine: machineParameters() }),
    {
      onEvent: (event) => {
        store.receive(event);
      },
      onLost: (signal, lastWords) => {
        output.error(`adapter-lab playground ended: ${signal ?? 'no signal'} ${lastWords}`);
        store.lost(signal, lastWords);
      },
    },
  );
  const store = new PlaygroundStore(context.workspaceState, answerer, vscode.l10n.t);
  const linger = new Linger(store);
  context.subscriptions.push(
    {
      dispose: () => {
        answerer.end();
      },
    },
    linger,
    vscode.window.tabGroups.onDidChangeTabs(({ closed }) => {
      if (closed.some(isPlayground)) store.end();
    }),
  );
  const setShown = (isShown: boolean): void => {
    linger.setShown(isShown);
  };
  const playground = { store, setShown };
  opened.set(context, playground);
  return playground;
}

function isPlayground({ input }: vscode.Tab): boolean {
  return (
    input instanceof vscode.TabInputWebview && input.viewType.endsWith('adapterLab.playground')
  );
}

/** Models of a hidden page stay a while; an answer is written to its end. */
class Linger implements vscode.Disposable {
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly store: PlaygroundStore) {}

  setShown(isShown: boolean): void {
    clearTimeout(this.timer);
    if (!isShown) this.timer = setTimeout(this.leave, lingerMs);
  }

  dispose(): void {
    clearTimeout(this.timer);
  }

  private readonly leave = (): void => {
    if (this.store.isBusy) this.setShown(false);
    else this.store.end();
  };
}
