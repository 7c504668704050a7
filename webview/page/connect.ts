// The page's line to its host: calls, and a state that a snapshot and numbered changes keep up to date.
import { useEffect, useMemo, useState } from 'preact/hooks';
import type { CommonMethods } from '../../extension/shared/pages/common';
import {
  Caller,
  Follower,
  type Changes,
  type EventMessage,
  type Reply,
  type Snapshot,
} from '../../extension/shared/rpc';
import { keepValue, keptValue, vscode } from './document';

export interface PageMethods<State> extends CommonMethods {
  readState(): Snapshot<State>;
}

type Methods<M> = { [K in keyof M]: (...args: never[]) => unknown };

export interface Connection<State, M extends Methods<M>> {
  /** Undefined until the first snapshot is there. */
  state: State | undefined;
  /** A sentence, when the snapshot could not be read. */
  problem: string | undefined;
  call: Caller<M>['call'];
}

/** Once a page. */
export function useConnection<State, M extends PageMethods<State> & Methods<M>, E>(
  changes: Changes<State, E>,
): Connection<State, M> {
  const [state, setState] = useState<State>();
  const [problem, setProblem] = useState<string>();
  const caller = useMemo(
    () =>
      new Caller<M>((call) => {
        vscode.postMessage(call);
      }),
    [],
  );
  useEffect(() => {
    const ports = {
      readSnapshot: () =>
        (caller as unknown as Caller<Pick<PageMethods<State>, 'readState'>>).call('readState'),
      show: (next: State) => {
        setProblem(undefined);
        setState(() => next);
      },
      failed: (error: unknown) => {
        setProblem(error instanceof Error ? error.message : String(error));
      },
    };
    const follower = new Follower<State, E>(ports, changes);
    const receive = ({ data }: MessageEvent<Reply | EventMessage<E>>) => {
      if (data.kind === 'reply') caller.receive(data);
      else follower.receive(data);
    };
    window.addEventListener('message', receive);
    vscode.postMessage({ kind: 'loaded' });
    void follower.start();
    return () => {
      window.removeEventListener('message', receive);
      caller.dispose();
    };
  }, []);
  const call = useMemo(() => caller.call.bind(caller), [caller]);
  return { state, problem, call };
}

/** As useState, kept while the page is hidden and over a reload of the window. */
export function useKept<T>(name: string, initial: T): [T, (value: T) => void] {
  const [value, setValue] = useState<T>(() => keptValue(name, initial));
  const keep = (next: T): void => {
    keepValue(name, next);
    setValue(() => next);
  };
  return [value, keep];
}
