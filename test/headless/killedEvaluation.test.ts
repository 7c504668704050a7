// An evaluation that is killed ten times, each time somewhere else, leaves the same file as one that never was.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ChildProcess } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeRandom } from './tinyModel';
import { ended, records, Workspace } from './workspace';

const kills = 10;
let workspace: Workspace;

beforeAll(() => {
  workspace = new Workspace();
  workspace.writeJson('data/parity/test.json', records(400));
  workspace.writeJson('data/parity/task.json', {
    ...{ template: '{instruction} ', pattern: 'even|odd', beams: 2, maxNewTokens: 24 },
  });
  workspace.writeJson('data/choice/test.json', records(400));
  workspace.writeJson('data/choice/task.json', {
    ...{ protocol: 'choice', template: '{instruction}', choices: ['even', 'odd'] },
  });
});

afterAll(() => {
  workspace.remove();
});

function parameters(task: string, results: string): string[] {
  return [
    ...['evaluate', 'model', '--tasks', task, '--data', 'data', '--results', results],
    ...['--batch-size', '4', '--threads', '1', '--progress', 'json', '--json'],
  ];
}

function fileOf(task: string, results: string): string {
  return join(workspace.path(results), `${task}.jsonl`);
}

/** Kills it when its file has grown by so many bytes: also in the middle of a line. */
async function killAt(child: ChildProcess, file: string, bytes: number): Promise<boolean> {
  const watch = setInterval(() => {
    if (sizeOf(file) >= bytes) child.kill('SIGKILL');
  }, 1);
  const { code } = await ended(child);
  clearInterval(watch);
  return code === null;
}

function sizeOf(file: string): number {
  try {
    return readFileSync(file).length;
  } catch {
    return 0;
  }
}

describe.each(['parity', 'choice'])('killed ten times: %s', (task) => {
  test('the same file, and no question asked twice', async () => {
    const whole = await workspace.cli(...parameters(task, 'whole'));
    expect(whole.code).toBe(0);
    const expected = readFileSync(fileOf(task, 'whole'), 'utf8');
    const random = makeRandom(task.length);
    const file = fileOf(task, 'killed');
    let killed = 0;
    for (let kill = 1; kill <= kills; kill += 1) {
      // A busy machine sees late what is written: the last kill comes well before the end.
      const until = ((kill - random()) * expected.length) / (kills + 5);
      const child = workspace.start(parameters(task, 'killed'));
      if (await killAt(child, file, Math.max(until, sizeOf(file) + 1))) killed += 1;
    }
    expect(killed).toBe(kills);
    const lines = readFileSync(file, 'utf8')
      .split('\n')
      .filter((line) => line !== '');
    const answered = new Set(lines.flatMap((line) => indexOf(line)));
    expect(answered.size).toBeLessThan(400);
    const { code } = await workspace.cli(...parameters(task, 'killed'));
    expect(code).toBe(0);
    expect(readFileSync(file, 'utf8')).toBe(expected);
    // Before the last time, a line for each question that was answered, and at most one cut off by each kill.
    expect(lines.length).toBeLessThanOrEqual(answered.size + kills);
  });
});

function indexOf(line: string): number[] {
  try {
    return [(JSON.parse(line) as { index: number }).index];
  } catch {
    return [];
  }
}
