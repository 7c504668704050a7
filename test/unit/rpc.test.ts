import { describe, expect, test } from 'vitest';
import {
  answer,
  CallError,
  Caller,
  EventSender,
  Follower,
  type Call,
  type EventMessage,
  type Handlers,
  type Snapshot,
} from '../../extension/shared/rpc';

interface Methods {
  double(value: number): number;
  describe(runId: string, step: number): { text: string };
  refuse(): undefined;
}

interface Events {
  added: number;
  cleared: null;
}

const handlers: Handlers<Methods> = {
  double: (value) => value * 2,
  describe: (runId, step) => Promise.resolve({ text: `${runId} at ${step}` }),
  refuse: () => {
    throw new Error('not today');
  },
};

const toFailure = (error: unknown) => ({ code: 'internal', message: (error as Error).message });

function connect(): Caller<Methods> {
  const caller = new Caller<Methods>((call) => {
    const travelled = JSON.parse(JSON.stringify(call)) as Call<Methods>;
    void answer(handlers, travelled, toFailure).then(receive);
  });
  const receive = caller.receive.bind(caller);
  return caller;
}

describe('calls', () => {
  test('are answered with the type of their method', async () => {
    const caller = connect();
    const doubled: number = await caller.call('double', 21);
    const described = await caller.call('describe', 'run', 3);
    expect(doubled).toBe(42);
    expect(described.text).toBe('run at 3');
  });

  test('do not compile with wrong arguments or without a handler', () => {
    const caller = new Caller<Methods>(() => undefined);
    // @ts-expect-error a text where a number belongs
    void caller.call('double', 'two');
    // @ts-expect-error describe and refuse are missing
    const incomplete: Handlers<Methods> = { double: (value: number) => value };
    expect(Object.keys(incomplete)).toEqual(['double']);
  });

  test('are answered by a failure when the handler throws', async () => {
    const error = await connect()
      .call('refuse')
      .catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(CallError);
    expect((error as CallError).failure).toEqual({ code: 'internal', message: 'not today' });
  });

  test('of methods nobody has are answered by a failure', async () => {
    for (const method of ['missing', 'toString', '__proto__']) {
      const call = { kind: 'call', id: 7, method, args: [] } as unknown as Call<Methods>;
      const reply = await answer(handlers, call, toFailure);
      expect(reply).toMatchObject({ id: 7, failure: { code: 'method-unknown' } });
    }
  });

  test('that are open when the other side closes fail', async () => {
    const caller = new Caller<Methods>(() => undefined);
    const open = caller.call('double', 1);
    caller.dispose();
    await expect(open).rejects.toMatchObject({ failure: { code: 'closed' } });
  });

  test('that cannot be posted fail', async () => {
    const caller = new Caller<Methods>(() => {
      throw new Error('no transport');
    });
    await expect(caller.call('double', 1)).rejects.toThrow('no transport');
  });

  test('ignore a second reply', async () => {
    const caller = connect();
    await expect(caller.call('double', 1)).resolves.toBe(2);
    caller.receive({ kind: 'reply', id: 0, ok: 3 });
  });
});

/** A host whose messages can be held back, and the page that follows it. */
function makePair() {
  const state: number[] = [];
  const sent: EventMessage<Events>[] = [];
  const shown: number[][] = [];
  const failures: unknown[] = [];
  let reads = 0;
  let read = (): Promise<Snapshot<number[]>> => Promise.resolve(sender.snapshot([...state]));
  const sender = new EventSender<Events>((message) => sent.push(message));
  const follower = new Follower<number[], Events>(
    {
      readSnapshot: () => {
        reads += 1;
        return read();
      },
      show: (value) => shown.push(value),
      failed: (error) => failures.push(error),
    },
    { added: (values, one) => [...values, one], cleared: () => [] },
  );
  const add = (value: number) => {
    state.push(value);
    sender.send('added', value);
  };
  const deliver = (index: number) => {
    const message = sent[index];
    if (message !== undefined) follower.receive(message);
  };
  const setRead = (next: typeof read) => (read = next);
  return { follower, shown, failures, add, deliver, setRead, sender, reads: () => reads };
}

describe('following state', () => {
  test('starts with a snapshot and goes on with changes', async () => {
    const pair = makePair();
    pair.add(1);
    await pair.follower.start();
    pair.deliver(0);
    pair.add(2);
    pair.deliver(1);
    expect(pair.shown).toEqual([[1], [1, 2]]);
    expect(pair.reads()).toBe(1);
  });

  test('reads a new snapshot after a gap', async () => {
    const pair = makePair();
    await pair.follower.start();
    pair.add(1);
    pair.add(2);
    pair.deliver(1);
    await pair.follower.start();
    expect(pair.shown.at(-1)).toEqual([1, 2]);
    expect(pair.reads()).toBe(2);
  });

  test('applies events that overtook the snapshot', async () => {
    const pair = makePair();
    pair.add(1);
    const old = pair.sender.snapshot([1]);
    pair.setRead(() => Promise.resolve(old));
    const started = pair.follower.start();
    pair.add(2);
    pair.deliver(1);
    await started;
    expect(pair.shown).toEqual([[1, 2]]);
  });

  test('tries again after a snapshot that failed', async () => {
    const pair = makePair();
    pair.setRead(() => Promise.reject(new Error('host is busy')));
    await pair.follower.start();
    expect(pair.failures).toHaveLength(1);
    pair.setRead(() => Promise.resolve(pair.sender.snapshot([5])));
    pair.sender.send('cleared', null);
    pair.deliver(0);
    await pair.follower.start();
    expect(pair.shown).toEqual([[5]]);
  });
});
