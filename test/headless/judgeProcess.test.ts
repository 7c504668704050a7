// Judging that does not end as it began: killed and begun again; and over standard input and output.
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { JudgeWorkspace, type Told } from './judgeWorkspace';
import { ended } from './workspace';

let workspace: JudgeWorkspace;

beforeEach(() => {
  workspace = new JudgeWorkspace();
  workspace.writeAnswers();
});
afterEach(async () => {
  await workspace.close();
});

describe('killed', () => {
  test('again and again, no answer that was graded is asked about twice', async () => {
    const asked: string[] = [];
    const served = await workspace.serve((_, { body }) => {
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
      const child = workspace.startJudge(served, '--judge-concurrency', '1');
      const seen = served.seen.length;
      while (served.seen.length < seen + 2) await new Promise((next) => setTimeout(next, 10));
      child.kill('SIGKILL');
      await ended(child).catch(() => undefined);
      expect(workspace.judgements()).toHaveLength(kept + 1);
    }
    served.behave((_, { body }) => {
      const text = body.messages[1]?.content ?? '';
      asked.push(text);
      return { reply: `[[${1 + (text.length % 9)}]]` };
    });
    const { told } = await workspace.judge(served);
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
