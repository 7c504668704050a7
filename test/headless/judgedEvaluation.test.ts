// Judged tasks where answers are given: an evaluation, and the end of a run.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readEvents } from '../../extension/runs/eventReader';
import type { RunEvent } from '../../extension/shared/run';
import { JudgeWorkspace, type Told, type ToldTask } from './judgeWorkspace';

let workspace: JudgeWorkspace;

beforeEach(() => {
  workspace = new JudgeWorkspace();
  workspace.writeTask();
});
afterEach(async () => {
  await workspace.close();
});

interface Evaluated {
  tasks: (ToldTask & { protocol: string; judge: string | null })[];
  results: string;
  problem?: string;
}

describe('evaluate', () => {
  const call = ['evaluate', 'model', '--tasks', 'talk', '--data', 'data', '--results', 'out'];
  test('answers every turn and has it judged', async () => {
    const served = await workspace.serve((_, { body }) => ({
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
    const served = await workspace.serve(() => ({ reply: '[[5]]' }));
    const judged = await workspace.json<Told>(
      ...['judge', 'out', '--judge', served.url, '--judge-model', 'judge-a'],
    );
    expect(judged.json.tasks).toMatchObject([{ task: 'talk', judged: 4, score: 5 }]);
  });

  test('a judge that is not there costs no answer', async () => {
    const served = await workspace.serve(() => ({ reply: '' }));
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
    const served = await workspace.serve(() => ({ reply: '[[7]]' }));
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
    const served = await workspace.serve(() => ({ reply: '[[3]]' }));
    const judged = await workspace.json<Told>(
      ...['judge', run, '--judge', served.url, '--judge-model', 'judge-a'],
    );
    expect(judged.json.tasks).toMatchObject([{ task: 'talk', judged: 4, score: 3 }]);
  });

  test('with a judge that refuses is done, with a warning', async () => {
    const served = await workspace.serve(() => ({ status: 401 }));
    const { events } = await trainWith({ judge: { url: served.url, model: 'judge-a' } });
    const warning = events.find((event) => event.type === 'warning');
    expect(warning?.type === 'warning' && warning.message).toContain(
      '4 of 4 answers to talk are not judged: The judge judge-a at',
    );
  });
});
