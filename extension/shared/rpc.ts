// Calls and events between a page and its host, typed by two interfaces: one of methods, one of events. Every
// call is answered, by a failure too. State travels as one snapshot, then numbered changes; a gap means a new
// snapshot. Transport is whatever `post` does: postMessage in an editor, a function in a test.

export interface CallFailure {
  code: string;
  message: string;
}

type MethodMap<M> = { [K in keyof M]: (...args: never[]) => unknown };
type Arguments<F> = F extends (...args: infer A) => unknown ? A : never;
type Result<F> = F extends (...args: never[]) => infer R ? Awaited<R> : never;

export type Call<M> = {
  [K in keyof M]: { kind: 'call'; id: number; method: K; args: Arguments<M[K]> };
}[keyof M];

export type Reply = { kind: 'reply'; id: number } & ({ ok: unknown } | { failure: CallFailure });

export type EventMessage<E> = {
  [K in keyof E]: { kind: 'event'; seq: number; event: K; data: E[K] };
}[keyof E];

/** One handler a method: a forgotten one does not compile. */
export type Handlers<M> = {
  [K in keyof M]: (...args: Arguments<M[K]>) => Result<M[K]> | Promise<Result<M[K]>>;
};

/** Runs the handler of a call; what it throws, and a method nobody knows, becomes the reply's failure. */
export async function answer<M extends MethodMap<M>>(
  handlers: Handlers<M>,
  call: Call<M>,
  toFailure: (error: unknown) => CallFailure,
): Promise<Reply> {
  const { id, method } = call;
  try {
    const known = Object.prototype.hasOwnProperty.call(handlers, method);
    if (!known) {
      const message = `There is no method ${String(method)}.`;
      return { kind: 'reply', id, failure: { code: 'method-unknown', message } };
    }
    const handler = handlers[method] as (...args: unknown[]) => unknown;
    const ok = await handler.apply(handlers, call.args);
    return { kind: 'reply', id, ok };
  } catch (error) {
    return { kind: 'reply', id, failure: toFailure(error) };
  }
}

/** A call's failure on the side that called. */
export class CallError extends Error {
  constructor(readonly failure: CallFailure) {
    super(failure.message);
    this.name = 'CallError';
  }
}

interface Waiting {
  resolve: (value: unknown) => void;
  reject: (error: Error) => void;
}

/** Sends calls and settles each by its reply. */
export class Caller<M extends MethodMap<M>> {
  private nextId = 0;
  private readonly waiting = new Map<number, Waiting>();

  constructor(private readonly post: (call: Call<M>) => void) {}

  call<K extends keyof M>(method: K, ...args: Arguments<M[K]>): Promise<Result<M[K]>> {
    const id = this.nextId++;
    return new Promise<unknown>((resolve, reject) => {
      this.waiting.set(id, { resolve, reject });
      try {
        this.post({ kind: 'call', id, method, args });
      } catch (error) {
        this.waiting.delete(id);
        reject(error instanceof Error ? error : new Error(String(error)));
      }
    }) as Promise<Result<M[K]>>;
  }

  /** A reply to a call that was never made, or a second reply, is ignored. */
  receive(reply: Reply): void {
    const waiting = this.waiting.get(reply.id);
    this.waiting.delete(reply.id);
    if ('failure' in reply) waiting?.reject(new CallError(reply.failure));
    else waiting?.resolve(reply.ok);
  }

  /** The other side is gone: every open call fails. */
  dispose(): void {
    const message = 'The other side was closed before it answered.';
    for (const { reject } of this.waiting.values())
      reject(new CallError({ code: 'closed', message }));
    this.waiting.clear();
  }
}

/** State as it was when the event of this number had been sent. */
export interface Snapshot<State> {
  seq: number;
  state: State;
}

/** Numbers the events of one page, from 1. */
export class EventSender<E> {
  private seq = 0;

  constructor(private readonly post: (message: EventMessage<E>) => void) {}

  send<K extends keyof E>(event: K, data: E[K]): void {
    this.seq += 1;
    this.post({ kind: 'event', seq: this.seq, event, data });
  }

  snapshot<State>(state: State): Snapshot<State> {
    return { seq: this.seq, state };
  }
}

/** How each event changes the state; a forgotten one does not compile. */
export type Changes<State, E> = { [K in keyof E]: (state: State, data: E[K]) => State };

export interface FollowerPorts<State> {
  readSnapshot: () => Promise<Snapshot<State>>;
  show: (state: State) => void;
  /** The snapshot could not be read; the next event tries again. */
  failed: (error: unknown) => void;
}

/** The page's copy of the state: a snapshot, kept up to date by events in order. */
export class Follower<State, E> {
  private current: Snapshot<State> | undefined;
  private early: EventMessage<E>[] = [];
  private reading: Promise<void> | undefined;

  constructor(
    private readonly ports: FollowerPorts<State>,
    private readonly changes: Changes<State, E>,
  ) {}

  /** Reads the first snapshot; settles when it is shown or has failed. */
  start(): Promise<void> {
    this.reading ??= this.readSnapshot().finally(() => {
      this.reading = undefined;
    });
    return this.reading;
  }

  receive(message: EventMessage<E>): void {
    if (this.reading === undefined && this.current?.seq === message.seq - 1) {
      this.current = this.apply(this.current, message);
      this.ports.show(this.current.state);
    } else if (this.current === undefined || message.seq > this.current.seq) {
      this.early.push(message);
      void this.start();
    }
  }

  private async readSnapshot(): Promise<void> {
    try {
      // What came early and does not follow on the snapshot shows a gap: read again.
      do {
        this.current = await this.ports.readSnapshot();
        for (const message of this.early.sort((a, b) => a.seq - b.seq)) {
          if (message.seq === this.current.seq + 1) {
            this.current = this.apply(this.current, message);
          }
        }
        const { seq } = this.current;
        this.early = this.early.filter((message) => message.seq > seq);
      } while (this.early.length > 0);
      this.ports.show(this.current.state);
    } catch (error) {
      this.ports.failed(error);
    }
  }

  private apply(snapshot: Snapshot<State>, message: EventMessage<E>): Snapshot<State> {
    const change = this.changes[message.event] as (state: State, data: unknown) => State;
    return { seq: message.seq, state: change(snapshot.state, message.data) };
  }
}
