// adapter-lab judge against a local server that speaks OpenAI's chat completions: grading, what goes wrong with it,
// and going on after a kill.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readEvents } from '../../extension/runs/eventReader';
import type { RunEvent } from '../../extension/shared/run';
import type { Judgement } from '../../extension/shared/judging/conversationLines';
import { answerLine, asText } from '../unit/judge/lines';
import { JudgeServer, type Script } from '../unit/judge/judgeServer';
import { ended, Workspace, type CliResult } from './workspace';

interface Told {
  judge: string;
  problem?: string;
  tasks: {
    task: string;
    file: string;
    n: number;
    judged: number;
    notJudged: number;
    score: number | null;
    turns: { turn: number; score: number | null }[];
    categories: { category: string; score: number | null }[];
  }[];
  error?: { code: string; message: string };
}

let workspace: Workspace;
let server: JudgeServer | undefined;
const key = 'sk-a-secret-that-nobody-may-see';

beforeEach(() => {
  workspace = new Workspace();
  mkdirSync(workspace.path('results'));
  const answers = [0, 1, 2].flatMap((index) =>
    [1, 2].map((turn) => answerLine({ index, turn, category: index < 2 ? 'writing' : 'math' })),
  );
  writeFileSync(workspace.path('results', 'chat.jsonl'), asText(answers));
});
afterEach(async () => {
  workspace.remove();
  await server?.close();
  server = undefined;
});

async function serve(script: Script): Promise<JudgeServer> {
  return (server = await JudgeServer.start(script));
}

function start(served: JudgeServer, ...more: string[]) {
  const judge = ['--judge', served.url, '--judge-model', 'judge-a', '--judge-tries', '2'];
  return workspace.start(['judge', 'results', ...judge, ...more, '--json'], {
    ADAPTER_LAB_JUDGE_KEY: key,
  });
}

async function judge(served: JudgeServer, ...more: string[]): Promise<CliResult & { told: Told }> {
  const result = await ended(start(served, ...more));
  return { ...result, told: JSON.parse(result.stdout) as Told };
}

function judgements(): Judgement[] {
  const file = workspace.path('results', 'judgements', 'chat.jsonl');
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line) as Judgement);
}

describe('every answer is graded', () => {
  test('with figures by turn and category, the judge’s words kept, and the key nowhere', async () => {
    const served = await serve((n) => ({ reply: `Because of ${n}.\n[[${n + 2}]]` }));
    const { code, told, stdout, stderr } = await judge(served, '--judge-concurrency', '1');
    expect(code).toBe(0);
    expect(told).toMatchObject({ judge: 'judge-a', tasks: [{ task: 'chat', n: 6, judged: 6 }] });
    const [task] = told.tasks;
    expect(task?.score).toBeCloseTo(5.5);
    expect(task?.turns.map(({ score }) => score)).toEqual([5, 6]);
    expect(task?.categories).toMatchObject([
      { category: 'writing', score: 4.5 },
      { category: 'math', score: 7.5 },
    ]);
    const lines = judgements();
    expect(lines).toHaveLength(6);
    expect(lines[0]).toMatchObject({ judge: 'judge-a', served: 'judge-2026', score: 3 });
    expect(lines[0]?.text).toBe('Because of 1.\n[[3]]');
    expect(served.seen[0]?.authorization).toBe(`Bearer ${key}`);
    expect(stdout + stderr + JSON.stringify(lines)).not.toContain(key);
  });

  test('so many at a time as asked', async () => {
    const served = await serve(() => ({ reply: '[[5]]' }));
    await judge(served, '--judge-concurrency', '3');
    expect(served.mostAtOnce).toBe(3);
  });

  test('once: a second call asks nothing, another judge everything', async () => {
    const served = await serve(() => ({ reply: '[[5]]' }));
    await judge(served);
    expect((await judge(served)).told.tasks).toMatchObject([{ judged: 6, score: 5 }]);
    expect(served.seen).toHaveLength(6);
    await judge(served, '--judge-model', 'judge-b');
    expect(served.seen).toHaveLength(12);
  });
});

describe('a judge that misbehaves', () => {
  test('is asked again after 429 with Retry-After, 500 and a cut connection', async () => {
    const served = await serve((n) => {
      if (n === 1) return { status: 429, headers: { 'retry-after': '1' } };
      if (n === 3) return { status: 500 };
      if (n === 5) return 'cut';
      return { reply: '[[6]]' };
    });
    const { code, told } = await judge(served, '--judge-concurrency', '1');
    expect(code).toBe(0);
    expect(told.tasks).toMatchObject([{ judged: 6, notJudged: 0, score: 6 }]);
    expect(served.seen).toHaveLength(9);
  });

  test('too slow is given up in time', async () => {
    const served = await serve(() => 'hang');
    const { code, told, stderr } = await judge(
      served,
      ...['--judge-timeout', '1', '--judge-tries', '1', '--judge-concurrency', '8'],
    );
    expect(code).toBe(1);
    expect(told.problem).toContain('it did not answer within 1 s');
    expect(stderr).toContain('cannot be reached');
    expect(judgements()).toEqual([]);
  });

  test('nonsense and a score of 11 are kept as not judged, never as a score', async () => {
    const served = await serve((_, { body }) => {
      const asked = body.messages[1]?.content ?? '';
      if (asked.includes('Answer 0.2')) return { reply: 'Great! [[11]]' };
      return { reply: asked.includes('Answer 0.1') ? 'Good.' : '[[8]]' };
    });
    const { code, told } = await judge(served);
    expect(code).toBe(0);
    expect(told.tasks).toMatchObject([{ n: 6, judged: 4, notJudged: 2, score: 8 }]);
    expect(judgements().filter(({ score }) => score === null)).toHaveLength(2);
    expect(served.seen).toHaveLength(4 + 2 * 3);
  });

  test('not there at all: the figures say not judged, and a later call judges', async () => {
    const served = await serve(() => ({ reply: '[[4]]' }));
    const { url } = served;
    await served.close();
    const result = await workspace.json<Told>(
      ...['judge', 'results', '--judge', url, '--judge-model', 'judge-a', '--judge-tries', '1'],
    );
    expect(result.code).toBe(1);
    expect(result.json.tasks).toMatchObject([{ judged: 0, notJudged: 6, score: null }]);
    expect(result.json.problem).toContain('nothing listens there');
    const again = await judge(await serve(() => ({ reply: '[[4]]' })));
    expect(again.told.tasks).toMatchObject([{ judged: 6, score: 4 }]);
  });

  test('that refuses the key is asked once, and the key is not told', async () => {
    const body = JSON.stringify({ error: { message: `Incorrect API key provided: ${key}` } });
    const served = await serve(() => ({ status: 401, body }));
    const { code, stdout, stderr } = await judge(served, '--judge-concurrency', '1');
    expect(code).toBe(1);
    expect(served.seen).toHaveLength(1);
    expect(stderr).toContain('it answers with 401');
    expect(stdout + stderr).not.toContain(key);
  });
});

describe('killed', () => {
  test('again and again, no answer that was graded is asked about twice', async () => {
    const asked: string[] = [];
    const served = await serve((_, { body }) => {
      const text = body.messages[1]?.content ?? '';
      asked.push(text);
      return { reply: `[[${1 + (text.length % 9)}]]` };
    });
    for (let kept = 0; kept < 5; kept += 1) {
      const before = asked.length;
      // The request after the next one is never answered: the process hangs on it until it is killed.
      served.behave((_, { body }) => {
        const text = body.messages[1]?.content ?? '';
        if (asked.length > before) return 'hang';
        asked.push(text);
        return { reply: `[[${1 + (text.length % 9)}]]` };
      });
      const child = start(served, '--judge-concurrency', '1');
      const seen = served.seen.length;
      while (served.seen.length < seen + 2) await new Promise((next) => setTimeout(next, 10));
      child.kill('SIGKILL');
      await ended(child).catch(() => undefined);
      expect(judgements()).toHaveLength(kept + 1);
    }
    served.behave((_, { body }) => {
      const text = body.messages[1]?.content ?? '';
      asked.push(text);
      return { reply: `[[${1 + (text.length % 9)}]]` };
    });
    const { told } = await judge(served);
    expect(told.tasks).toMatchObject([{ judged: 6, notJudged: 0 }]);
    expect(new Set(asked).size).toBe(6);
    expect(asked).toHaveLength(6);
  });
});

describe('over stdio', () => {
  test('anything that reads lines and writes lines can judge', async () => {
    const child = workspace.start(
      ['judge', 'results', '--judge', 'stdio', '--judge-model', 'me', '--json'],
      {},
    );
    let text = '';
    const result = new Promise<Told>((resolve) => {
      child.stdout?.setEncoding('utf8').on('data', (part: string) => {
        text += part;
        const lines = text.split('\n');
        text = lines.pop() ?? '';
        for (const line of lines) {
          const told = JSON.parse(line) as Told & { ask?: number };
          if (told.ask === undefined) resolve(told);
          else child.stdin?.write(`${JSON.stringify({ ask: told.ask, text: '[[9]]' })}\n`);
        }
      });
    });
    expect((await result).tasks).toMatchObject([{ judged: 6, score: 9 }]);
    expect((await ended(child)).code).toBe(0);
  });

  test('an input that ends is a judge that refuses', async () => {
    const child = workspace.start(
      ['judge', 'results', '--judge', 'stdio', '--judge-model', 'me', '--json'],
      {},
    );
    child.stdin?.end();
    const { code, stderr } = await ended(child);
    expect(code).toBe(1);
    expect(stderr).toContain('its input has ended');
  });
});

interface Evaluated {
  tasks: (Told['tasks'][number] & { protocol: string; judge: string | null })[];
  results: string;
  problem?: string;
}

const conversations = [
  { question_id: 81, category: 'writing', turns: ['Name a tree.', 'Another one.'] },
  { question_id: 82, category: 'math', turns: ['3 + 4?', 'And 5 more?'], reference: ['7', '12'] },
];

function writeTask(): void {
  mkdirSync(workspace.path('data', 'talk'), { recursive: true });
  const task = {
    protocol: 'judged',
    generation: { maxNewTokens: 6, temperatures: { writing: 1 } },
  };
  workspace.writeJson('data/talk/task.json', task);
  writeFileSync(workspace.path('data', 'talk', 'question.jsonl'), asText(conversations));
}

describe('evaluate', () => {
  const call = ['evaluate', 'model', '--tasks', 'talk', '--data', 'data', '--results', 'out'];
  beforeEach(writeTask);

  test('answers every turn and has it judged', async () => {
    const served = await serve((_, { body }) => ({
      reply: body.messages[1]?.content.includes('of turn 2') ? '[[4]]' : '[[8]]',
    }));
    const { code, json, stderr } = await workspace.json<Evaluated>(
      ...[...call, '--judge', served.url, '--judge-model', 'judge-a', '--output', 'all.jsonl'],
    );
    expect(stderr).not.toContain('correct');
    expect(code).toBe(0);
    expect(json.tasks).toMatchObject([
      {
        ...{ task: 'talk', protocol: 'judged', judge: 'judge-a', n: 4, judged: 4, score: 6 },
        turns: [{ score: 8 }, { score: 4 }],
      },
    ]);
    const asked = served.seen.map(({ body }) => body.messages[1]?.content ?? '');
    expect(asked.some((text) => text.includes('And 5 more?') && text.includes('12'))).toBe(true);
    expect(readFileSync(workspace.path('all.jsonl'), 'utf8').trimEnd().split('\n')).toHaveLength(4);
  });

  test('needs a judge, or the word that it comes later, before anything is answered', async () => {
    const { code, stderr } = await workspace.cli(...call);
    expect(code).toBe(2);
    expect(stderr).toContain('The answers to talk need a judge');
    expect(existsSync(workspace.path('out'))).toBe(false);
  });

  test('answers now, judged later: drawn answers are the same after a kill', async () => {
    const { json } = await workspace.json<Evaluated>(...call, '--judge-later');
    expect(json.tasks).toMatchObject([{ judge: null, n: 4, judged: 0, notJudged: 4, score: null }]);
    const file = workspace.path('out', 'talk.jsonl');
    const whole = readFileSync(file, 'utf8');
    writeFileSync(file, whole.slice(0, whole.indexOf('\n') + 20));
    await workspace.json<Evaluated>(...call, '--judge-later');
    expect(readFileSync(file, 'utf8')).toBe(whole);
    const served = await serve(() => ({ reply: '[[5]]' }));
    const judged = await workspace.json<Told>(
      ...['judge', 'out', '--judge', served.url, '--judge-model', 'judge-a'],
    );
    expect(judged.json.tasks).toMatchObject([{ task: 'talk', judged: 4, score: 5 }]);
  });

  test('a judge that is not there costs no answer', async () => {
    const served = await serve(() => ({ reply: '' }));
    const { url } = served;
    await served.close();
    const { code, json, stderr } = await workspace.json<Evaluated>(
      ...[...call, '--judge', url, '--judge-model', 'judge-a', '--judge-tries', '1'],
    );
    expect(code).toBe(1);
    expect(json.tasks).toMatchObject([{ n: 4, judged: 0, notJudged: 4, score: null }]);
    expect(json.problem).toContain('cannot be reached');
    expect(stderr).toContain('cannot be reached');
    expect(readFileSync(workspace.path('out', 'talk.jsonl'), 'utf8').split('\n')).toHaveLength(5);
  });
});

describe('a run', () => {
  interface Trained {
    runs: { folder: string; state: string }[];
  }
  beforeEach(writeTask);

  async function trainWith(judgeSettings: object): Promise<{ run: string; events: RunEvent[] }> {
    workspace.writeExperiment({
      training: { batchSize: 4, steps: 2, learningRate: 0.01, warmupSteps: 0 },
      evaluation: { tasks: ['talk'], ...judgeSettings },
    });
    const { json } = await workspace.json<Trained>('train', 'tiny.experiment.json');
    expect(json.runs[0]?.state).toBe('done');
    const run = json.runs[0]?.folder ?? '';
    return { run, events: await readEvents(run) };
  }

  test('has its answers judged at its end', async () => {
    const served = await serve(() => ({ reply: '[[7]]' }));
    const { run, events } = await trainWith({ judge: { url: served.url, model: 'judge-a' } });
    expect(events.find(({ type }) => type === 'judged')).toMatchObject({
      ...{ task: 'talk', judge: 'judge-a', step: 2, n: 4, judged: 4, notJudged: 0, score: 7 },
      interval: { low: 7, high: 7 },
    });
    expect(events.some(({ type }) => type === 'warning')).toBe(false);
    expect(existsSync(join(run, 'results', 'judgements', 'talk.jsonl'))).toBe(true);
  });

  test('that finds no judge is done all the same, says so, and is judged later', async () => {
    const { run, events } = await trainWith({});
    expect(events.find(({ type }) => type === 'judged')).toMatchObject({
      ...{ judge: null, n: 4, judged: 0, notJudged: 4, score: null },
    });
    const warning = events.find((event) => event.type === 'warning');
    expect(warning).toMatchObject({ code: 'answers-not-judged', data: { task: 'talk' } });
    const served = await serve(() => ({ reply: '[[3]]' }));
    const judged = await workspace.json<Told>(
      ...['judge', run, '--judge', served.url, '--judge-model', 'judge-a'],
    );
    expect(judged.json.tasks).toMatchObject([{ task: 'talk', judged: 4, score: 3 }]);
  });

  test('with a judge that refuses is done, with a warning', async () => {
    const served = await serve(() => ({ status: 401 }));
    const { events } = await trainWith({ judge: { url: served.url, model: 'judge-a' } });
    const warning = events.find((event) => event.type === 'warning');
    expect(warning?.type === 'warning' && warning.message).toContain(
      '4 of 4 answers to talk are not judged: The judge judge-a at',
    );
  });
});

describe('refused with a sentence', () => {
  const server8 = ['--judge', 'http://localhost:8000/v1'];
  test.each([
    [['nowhere', ...server8, '--judge-model', 'a'], 'The folder of results is not there'],
    [['results', ...server8], 'A judge needs both'],
    [['results'], 'need a judge: name one with --judge URL'],
    [['results', '--judge', 'x', '--judge-model', 'a'], 'must be a URL such as'],
    [['data', ...server8, '--judge-model', 'a'], 'holds no answers to judge'],
    [['results', ...server8, '--judge-model', 'a', '--tasks', 'no'], 'holds no answers to judge'],
  ])('%j', async (parameters, sentence) => {
    const { code, stderr } = await workspace.cli('judge', ...parameters);
    expect(code).toBe(2);
    expect(stderr).toContain(sentence);
  });

  test('a folder that somebody else writes to', async () => {
    const served = await serve(() => 'hang');
    const child = start(served, '--judge-concurrency', '1');
    while (served.seen.length === 0) await new Promise((next) => setTimeout(next, 10));
    const { code, told } = await judge(served);
    child.kill('SIGKILL');
    await ended(child);
    expect(code).toBe(2);
    expect(told.error?.code).toBe('evaluation-busy');
    expect(existsSync(join(workspace.folder, 'results', 'judgements'))).toBe(true);
  });
});
