// adapter-lab judge against a local server that speaks OpenAI's chat completions: grading, and what goes wrong with it.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { judgeKey, JudgeWorkspace, type Told } from './judgeWorkspace';
import { ended } from './workspace';

let workspace: JudgeWorkspace;

beforeEach(() => {
  workspace = new JudgeWorkspace();
  workspace.writeAnswers();
});
afterEach(async () => {
  await workspace.close();
});

describe('every answer is graded', () => {
  test('with figures by turn and category, the judge’s words kept, and the key nowhere', async () => {
    const served = await workspace.serve((n) => ({ reply: `Because of ${n}.\n[[${n + 2}]]` }));
    const { code, told, stdout, stderr } = await workspace.judge(
      served,
      '--judge-concurrency',
      '1',
    );
    expect(code).toBe(0);
    expect(told).toMatchObject({ judge: 'judge-a', tasks: [{ task: 'chat', n: 6, judged: 6 }] });
    const [task] = told.tasks;
    expect(task?.score).toBeCloseTo(5.5);
    expect(task?.turns.map(({ score }) => score)).toEqual([5, 6]);
    expect(task?.categories).toMatchObject([
      { category: 'writing', score: 4.5 },
      { category: 'math', score: 7.5 },
    ]);
    const lines = workspace.judgements();
    expect(lines).toHaveLength(6);
    expect(lines[0]).toMatchObject({ judge: 'judge-a', served: 'judge-2026', score: 3 });
    expect(lines[0]?.text).toBe('Because of 1.\n[[3]]');
    expect(served.seen[0]?.authorization).toBe(`Bearer ${judgeKey}`);
    expect(stdout + stderr + JSON.stringify(lines)).not.toContain(judgeKey);
  });

  test('so many at a time as asked', async () => {
    const served = await workspace.serve(() => ({ reply: '[[5]]' }));
    await workspace.judge(served, '--judge-concurrency', '3');
    expect(served.mostAtOnce).toBe(3);
  });

  test('once: a second call asks nothing, another judge everything', async () => {
    const served = await workspace.serve(() => ({ reply: '[[5]]' }));
    await workspace.judge(served);
    expect((await workspace.judge(served)).told.tasks).toMatchObject([{ judged: 6, score: 5 }]);
    expect(served.seen).toHaveLength(6);
    await workspace.judge(served, '--judge-model', 'judge-b');
    expect(served.seen).toHaveLength(12);
  });
});

describe('a judge that misbehaves', () => {
  test('is asked again after 429 with Retry-After, 500 and a cut connection', async () => {
    const served = await workspace.serve((n) => {
      if (n === 1) return { status: 429, headers: { 'retry-after': '1' } };
      if (n === 3) return { status: 500 };
      if (n === 5) return 'cut';
      return { reply: '[[6]]' };
    });
    const { code, told } = await workspace.judge(served, '--judge-concurrency', '1');
    expect(code).toBe(0);
    expect(told.tasks).toMatchObject([{ judged: 6, notJudged: 0, score: 6 }]);
    expect(served.seen).toHaveLength(9);
  });

  test('too slow is given up in time', async () => {
    const served = await workspace.serve(() => 'hang');
    const { code, told, stderr } = await workspace.judge(
      served,
      ...['--judge-timeout', '1', '--judge-tries', '1', '--judge-concurrency', '8'],
    );
    expect(code).toBe(1);
    expect(told.problem).toContain('it did not answer within 1 s');
    expect(stderr).toContain('cannot be reached');
    expect(workspace.judgements()).toEqual([]);
  });

  test('nonsense and a score of 11 are kept as not judged, never as a score', async () => {
    const served = await workspace.serve((_, { body }) => {
      const asked = body.messages[1]?.content ?? '';
      if (asked.includes('Answer 0.2')) return { reply: 'Great! [[11]]' };
      return { reply: asked.includes('Answer 0.1') ? 'Good.' : '[[8]]' };
    });
    const { code, told } = await workspace.judge(served);
    expect(code).toBe(0);
    expect(told.tasks).toMatchObject([{ n: 6, judged: 4, notJudged: 2, score: 8 }]);
    expect(workspace.judgements().filter(({ score }) => score === null)).toHaveLength(2);
    expect(served.seen).toHaveLength(4 + 2 * 3);
  });

  test('not there at all: the figures say not judged, and a later call judges', async () => {
    const served = await workspace.serve(() => ({ reply: '[[4]]' }));
    const { url } = served;
    await served.close();
    const result = await workspace.json<Told>(
      ...['judge', 'results', '--judge', url, '--judge-model', 'judge-a', '--judge-tries', '1'],
    );
    expect(result.code).toBe(1);
    expect(result.json.tasks).toMatchObject([{ judged: 0, notJudged: 6, score: null }]);
    expect(result.json.problem).toContain('nothing listens there');
    const again = await workspace.judge(await workspace.serve(() => ({ reply: '[[4]]' })));
    expect(again.told.tasks).toMatchObject([{ judged: 6, score: 4 }]);
  });

  test('that refuses the key is asked once, and the key is not told', async () => {
    const body = JSON.stringify({ error: { message: `Incorrect API key provided: ${judgeKey}` } });
    const served = await workspace.serve(() => ({ status: 401, body }));
    const { code, stdout, stderr } = await workspace.judge(served, '--judge-concurrency', '1');
    expect(code).toBe(1);
    expect(served.seen).toHaveLength(1);
    expect(stderr).toContain('it answers with 401');
    expect(stdout + stderr).not.toContain(judgeKey);
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
    const served = await workspace.serve(() => 'hang');
    const child = workspace.startJudge(served, '--judge-concurrency', '1');
    while (served.seen.length === 0) await new Promise((next) => setTimeout(next, 10));
    const { code, told } = await workspace.judge(served);
    child.kill('SIGKILL');
    await ended(child);
    expect(code).toBe(2);
    expect(told.error?.code).toBe('evaluation-busy');
    expect(existsSync(join(workspace.folder, 'results', 'judgements'))).toBe(true);
  });
});
