// The process behind the playground: it streams, stops, says what is wrong, shares engines, and ends with its parent.
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { PlaygroundProcess } from '../../extension/host/playground/playgroundProcess';
import { listCheckpoints } from '../../extension/runs/checkpoints';
import {
  usualSettings,
  type AskedModel,
  type PlaygroundEvent,
  type PlaygroundRequest,
} from '../../extension/shared/playground';
import { killPlaygrounds, Playground } from './playgroundClient';
import { writeConfig, writeTinyModel } from './tinyModel';
import { makeRun, trainToEnd } from './trainerProcess';
import { cliFile, Workspace } from './workspace';

let workspace: Workspace;
/** Of each method the checkpoints, the newest last. */
const checkpoints: Record<string, string[]> = {};

beforeAll(async () => {
  workspace = new Workspace();
  writeTinyModel(workspace.path('endless'));
  writeConfig(workspace.path('endless'), { max_position_embeddings: 200_000 });
  for (const method of ['lora', 'dora', 'qdora']) {
    const run = makeRun(workspace, { checkpoints: { every: 6, keep: 10 }, method });
    await trainToEnd(run);
    checkpoints[method] = listCheckpoints(run).map(({ folder }) => folder);
  }
});
afterEach(() => {
  killPlaygrounds();
});
afterAll(() => {
  workspace.remove();
});

function base(id = 'base', form = 'plain'): AskedModel {
  return { id, model: workspace.path('model'), form };
}

function adapted(method: string, index: number): AskedModel {
  const adapter = checkpoints[method]?.at(index) ?? '';
  return { ...base(`${method} ${index}`), adapter };
}

describe('an answer', () => {
  test('is told token by token, with probabilities and figures, as generate writes it', async () => {
    const playground = new Playground();
    playground.ask([base()]);
    await playground.done();
    const kinds = playground.of('base').map(({ kind }) => kind);
    expect(kinds.slice(0, 3)).toEqual(['loading', 'started', 'tokens']);
    expect(kinds.at(-1)).toBe('ended');
    for (const { alternatives, probability } of playground.tokens('base')) {
      expect(alternatives).toHaveLength(5);
      // Greedy: the likeliest was taken.
      expect(alternatives[0]?.probability).toBeCloseTo(probability, 6);
    }
    const parameters = ['generate', 'model', '--prompt', 'is 4 even or odd?'];
    const { json } = await workspace.json<{ text: string; tokens: number[] }>(
      ...[...parameters, '--max-new-tokens', '8'],
    );
    expect(playground.text('base')).toBe(json.text);
    const last = playground.of('base').at(-1);
    expect(last?.kind === 'ended' && last.tokens).toBe(json.tokens.length);
  });

  test('is drawn anew by another seed alone', async () => {
    const playground = new Playground();
    const drawn = { isSampled: true, temperature: 1.5, topK: 0, topP: 1, maxNewTokens: 24 };
    for (const [round, seed] of [1, 1, 2].entries()) {
      playground.ask([base()], { ...drawn, seed }, round);
      await playground.done(round);
    }
    const texts = [0, 1, 2].map((round) => playground.text('base', round));
    expect(texts[1]).toBe(texts[0]);
    expect(texts[2]).not.toBe(texts[0]);
  });

  test('fills the context and no more', async () => {
    const playground = new Playground();
    playground.ask([base()], { maxNewTokens: 4000 });
    await playground.done();
    const events = playground.of('base');
    const ended = events.at(-1);
    const started = events.find(({ kind }) => kind === 'started');
    if (ended?.kind !== 'ended' || started?.kind !== 'started') throw new Error('no answer');
    expect(['context', 'end']).toContain(ended.end);
    expect(started.promptTokens + ended.tokens).toBeLessThanOrEqual(512);
  });
});

describe('a conversation', () => {
  const template =
    "{% for message in messages %}[{{ message['role'] }}] {{ message['content'] }}\n{% endfor %}" +
    '{% if add_generation_prompt %}[assistant]{% endif %}';
  const chatty = (before: AskedModel['before'] = []): AskedModel => ({
    ...{ id: 'chatty', model: workspace.path('chatty'), form: 'chat', before },
  });
  const settings = { ...usualSettings, maxNewTokens: 8 };

  beforeAll(() => {
    writeTinyModel(workspace.path('chatty'));
    writeFileSync(workspace.path('chatty/chat_template.jinja'), template);
  });

  test('goes on with what the model answered, by its own template', async () => {
    const playground = new Playground();
    playground.send({
      ...{ kind: 'ask', round: 1, prompt: 'one?', system: 'Count.', settings },
      models: [chatty()],
    });
    await playground.done();
    const first = playground.text('chatty');
    playground.send({
      ...{ kind: 'ask', round: 2, prompt: 'two?', system: 'Count.', settings },
      models: [chatty([{ prompt: 'one?', answer: first }])],
    });
    await playground.done(2);
    const prompt = `[system] Count.\n[user] one?\n[assistant] ${first}\n[user] two?\n[assistant]`;
    const parameters = ['generate', 'chatty', '--prompt', prompt, '--max-new-tokens', '8'];
    const { json } = await workspace.json<{ text: string }>(...parameters);
    expect(playground.text('chatty', 2)).toBe(json.text);
  });

  test('that is longer than the context is told, and nothing of it is cut', async () => {
    const playground = new Playground();
    const before = [{ prompt: 'one?', answer: 'word '.repeat(120) }];
    playground.send({
      ...{ kind: 'ask', round: 1, prompt: 'two?', settings },
      models: [chatty(before), base()],
    });
    await playground.done();
    const last = playground.of('chatty').at(-1);
    expect(last?.kind === 'failed' && last.message).toMatch(/^The conversation has 6\d\d tokens/);
    expect(playground.of('base').at(-1)?.kind).toBe('ended');
  });
});

describe('several models', () => {
  test.each(['lora', 'dora'])('on one base share its weights (%s)', async (method) => {
    const [last, first] = [adapted(method, -1), adapted(method, 0)];
    const models = [base(), last, first];
    const together = new Playground();
    together.ask(models);
    await together.done();
    const order = together.events.flatMap((one) =>
      one.kind === 'answer' && one.event.kind === 'started' ? [one.id] : [],
    );
    expect(order).toEqual(['base', last.id, first.id]);
    const started = together.of(last.id).find(({ kind }) => kind === 'started');
    expect(started?.kind === 'started' && started.sharedWith).toEqual([first.id, 'base']);
    // And answer as they do alone.
    for (const model of models) {
      const alone = new Playground();
      alone.ask([model]);
      await alone.done();
      expect(together.text(model.id)).toBe(alone.text(model.id));
      const probabilities = together.tokens(model.id).map(({ probability }) => probability);
      expect(probabilities).toEqual(alone.tokens(model.id).map(({ probability }) => probability));
    }
  });

  test('on a quantised base and on the same one as it is share nothing', async () => {
    const [last, first] = [adapted('qdora', -1), adapted('qdora', 0)];
    const together = new Playground();
    together.ask([base(), last, first]);
    await together.done();
    const sharedWith = (id: string): string[] | undefined => {
      const started = together.of(id).find(({ kind }) => kind === 'started');
      return started?.kind === 'started' ? started.sharedWith : undefined;
    };
    expect(sharedWith('base')).toEqual([]);
    expect(sharedWith(last.id)).toEqual([first.id]);
    for (const model of [base(), last]) {
      const alone = new Playground();
      alone.ask([model]);
      await alone.done();
      expect(together.tokens(model.id)).toEqual(alone.tokens(model.id));
    }
  });

  test('on the base that is asked for answer as on that which training had', async () => {
    const last = adapted('qdora', -1);
    const together = new Playground();
    together.ask([
      last,
      { ...last, id: 'named', quantize: 'nf4' },
      { ...last, id: 'plain', quantize: 'none' },
      { ...base(), quantize: 'nf4-double' },
    ]);
    await together.done();
    expect(together.tokens('named')).toEqual(together.tokens(last.id));
    expect(together.tokens('plain')).not.toEqual(together.tokens(last.id));
    const told = [last.id, 'named', 'plain', 'base'].map((id) => together.started(id));
    expect(told.map(({ quantization }) => quantization)).toEqual([
      ...['nf4', 'nf4', undefined, 'nf4-double'],
    ]);
    expect(told[0]?.sharedWith).toEqual(['named']);
    expect(told[0]?.baseBytes).toBeLessThan(told[2]?.baseBytes ?? 0);
    const parameters = ['generate', 'model', '--adapter', last.adapter ?? '', '--quantize', 'none'];
    const { json } = await workspace.json<{ text: string }>(
      ...[...parameters, '--prompt', 'is 4 even or odd?', '--max-new-tokens', '8'],
    );
    expect(together.text('plain')).toBe(json.text);
  });

  test('of which one is broken answer but for that one, which says why', async () => {
    const playground = new Playground();
    const nowhere = { ...base('nowhere'), model: workspace.path('nothing') };
    const notAdapter = { ...base('none'), adapter: workspace.path('data') };
    playground.ask([nowhere, base(), notAdapter, base('chatty', 'chat')]);
    await playground.done();
    expect(playground.of('base').at(-1)?.kind).toBe('ended');
    const problem = (id: string): string => {
      const last = playground.of(id).at(-1);
      return last?.kind === 'failed' ? last.message : '';
    };
    expect(problem('nowhere')).toMatch(/nothing does not exist/);
    expect(problem('none')).toMatch(/adapter_config\.json/);
    expect(problem('chatty')).toMatch(/no chat template/);
  });
});

describe('stopping', () => {
  // More than anybody waits for.
  const long = { maxNewTokens: 100_000 };
  const endless = (id: string): AskedModel => ({ ...base(id), model: workspace.path('endless') });
  const isFirstToken = (event: PlaygroundEvent): boolean =>
    event.kind === 'answer' && event.event.kind === 'tokens';

  test('ends the answer that is written, and the next one goes on', async () => {
    const playground = new Playground();
    playground.ask([endless('base'), endless('next')], long);
    await playground.seen(isFirstToken);
    playground.send({ kind: 'stop', id: 'base' });
    await playground.seen((one) => one.kind === 'answer' && one.id === 'next');
    const ended = playground.of('base').at(-1);
    expect(ended?.kind === 'ended' && ended.end).toBe('stopped');
    playground.send({ kind: 'stop' });
    await playground.done();
    const last = playground.of('next').at(-1);
    expect(last?.kind === 'ended' && last.end).toBe('stopped');
  });

  test('of all ends those that wait as well, and a new question is answered', async () => {
    const playground = new Playground();
    playground.ask([endless('base'), endless('next')], long);
    await playground.seen(isFirstToken);
    playground.ask([base()], {}, 2);
    await playground.done(2);
    expect(playground.of('next')).toEqual([
      { kind: 'ended', end: 'stopped', tokens: 0, promptSeconds: 0, seconds: 0 },
    ]);
    expect(playground.text('base', 2)).not.toBe('');
  });
});

describe('the process', () => {
  test('says what it does not understand, and goes on', async () => {
    const playground = new Playground();
    playground.child.stdin?.write('nonsense\n{"kind": "ask", "round": 1}\n');
    playground.ask([base()]);
    await playground.done();
    const refused = playground.events.filter(({ kind }) => kind === 'refused');
    expect(refused).toHaveLength(2);
  });

  test('ends when its input does, though it is writing', async () => {
    const playground = new Playground();
    playground.ask([{ ...base(), model: workspace.path('endless') }], { maxNewTokens: 100_000 });
    await playground.seen((event) => event.kind === 'answer' && event.event.kind === 'started');
    const ended = new Promise((resolve) => playground.child.once('exit', resolve));
    playground.child.stdin?.end();
    expect(await ended).toBe(0);
  });

  test('ends when its parent is killed', async () => {
    // A parent that starts it as the editor does, tells its number and waits.
    const script = `
      const child = require('node:child_process').spawn(process.execPath, [process.argv[1], 'playground']);
      child.stdout.once('data', () => console.log(child.pid));
      child.stdin.write('nonsense\\n');
      setInterval(() => undefined, 1000);`;
    const parent = spawn(process.execPath, ['-e', script, cliFile]);
    const pid = await new Promise<number>((resolve) => {
      parent.stdout.once('data', (data) => {
        resolve(Number(data));
      });
    });
    expect(isAlive(pid)).toBe(true);
    parent.kill('SIGKILL');
    await expect.poll(() => isAlive(pid), { timeout: 20_000 }).toBe(false);
  });
});

describe("the editor's end of it", () => {
  let lost: [string | undefined, string][];
  let events: PlaygroundEvent[];
  let host: PlaygroundProcess;

  const ask = (round: number): PlaygroundRequest => ({
    ...{ kind: 'ask', round, prompt: 'is 4 even or odd?' },
    models: [{ ...base(), model: workspace.path('endless') }],
    settings: { ...usualSettings, maxNewTokens: round === 1 ? 100_000 : 4 },
  });
  const answers = (): number => events.filter(({ kind }) => kind === 'answer').length;
  const isDone = (round: number): boolean =>
    events.some((event) => event.kind === 'done' && event.round === round);

  beforeEach(() => {
    lost = [];
    events = [];
    host = new PlaygroundProcess(() => ({ cli: cliFile, machine: ['--threads', '2'] }), {
      onEvent: (event) => void events.push(event),
      onLost: (signal, words) => void lost.push([signal, words]),
    });
  });
  afterEach(() => {
    host.end();
  });

  test('hears of a fault in native code, and starts another process', async () => {
    host.send(ask(1));
    await expect.poll(answers, { timeout: 20_000 }).toBeGreaterThan(2);
    process.kill(host.pid ?? 0, 'SIGSEGV');
    await expect.poll(() => lost, { timeout: 20_000 }).toEqual([['SIGSEGV', '']]);
    expect(host.pid).toBeUndefined();
    host.send(ask(2));
    await expect.poll(() => isDone(2), { timeout: 20_000 }).toBe(true);
  });

  test('ends it without a word', async () => {
    host.send(ask(1));
    await expect.poll(answers, { timeout: 20_000 }).toBeGreaterThan(0);
    const { pid = 0 } = host;
    host.end();
    await expect.poll(() => isAlive(pid), { timeout: 20_000 }).toBe(false);
    expect(lost).toEqual([]);
  });
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
