import { describe, expect, test, vi } from 'vitest';
import { collectPairs, commaList, oneOf, wholeNumber } from '../../extension/cli/arguments';
import { openProgress, type ProgressStream } from '../../extension/cli/progress';
import { duration, rate, signed, table, variedText } from '../../extension/cli/wording';
import { percent } from '../../extension/shared/amounts';

function makeStream(isTTY: boolean): { stream: ProgressStream; written: string[] } {
  const written: string[] = [];
  const stream = { isTTY, columns: 80, write: (text: string) => written.push(text) };
  return { stream, written };
}

describe('values of options', () => {
  test('are whole numbers from a lowest one on', () => {
    const parse = wholeNumber('--beams', 1);
    expect(parse('4')).toBe(4);
    for (const wrong of ['0', '-1', '1.5', 'x', '', '1e3', '99999999999999999999']) {
      expect(() => parse(wrong)).toThrow(
        `--beams must be a whole number, 1 or more, not "${wrong}"`,
      );
    }
  });

  test('are one of some', () => {
    const parse = oneOf('--dtype', ['f32', 'f16', 'bf16']);
    expect(parse('f16')).toBe('f16');
    expect(() => parse('f64')).toThrow('--dtype must be f32, f16 or bf16, not "f64".');
  });

  test('are pairs that add up', () => {
    const parse = collectPairs('--column');
    expect(parse('input=b=c', parse('output=a'))).toEqual({ output: 'a', input: 'b=c' });
    expect(() => parse('input')).toThrow('--column must be name=value');
  });

  test('are lists without repetition', () => {
    expect(commaList('--tasks')('boolq, piqa,boolq')).toEqual(['boolq', 'piqa']);
    expect(() => commaList('--tasks')('boolq,,piqa')).toThrow('--tasks');
  });
});

describe('wording', () => {
  test('of times', () => {
    expect([0, 59.4, 60, 130, 3599, 11100].map(duration)).toEqual([
      ...['0 s', '59 s', '1 min 00 s'],
      ...['2 min 10 s', '59 min 59 s', '3 h 05 min'],
    ]);
  });

  test('of numbers', () => {
    expect([812.4, 1240, 15_300].map(rate)).toEqual(['812', '1.24k', '15.3k']);
    expect([0.8312, -0.62, null].map(signed)).toEqual(['+0.831', '-0.620', '-']);
    expect(percent(0.25)).toBe('25.0 %');
  });

  test('of tables: texts to the left, numbers to the right', () => {
    const lines = table(
      ['task', 'n'],
      [
        ['boolq', '7'],
        ['piqa', '120'],
      ],
    );
    expect(lines.split('\n')).toEqual(['task     n', 'boolq    7', 'piqa   120']);
  });
});

test('what a grid gave a run, without what its name tells anyway', () => {
  const varied = {
    method: 'dora',
    'adapter.rank': 8,
    'adapter.init': 'pissa',
    'data.train': ['a'],
  };
  expect(variedText(varied)).toBe('adapter.init=pissa data.train=["a"]');
  expect(variedText({ method: 'lora' })).toBe('');
});

describe('progress', () => {
  test('on a terminal is one line that is redrawn and then goes', () => {
    const { stream, written } = makeStream(true);
    const progress = openProgress(stream);
    progress.update('tiny dora', { done: 6, total: 12 }, ['loss 1.5000', '2 s left']);
    progress.note('checkpoint');
    progress.end();
    const bar = `[${'#'.repeat(12)}${'-'.repeat(12)}]`;
    const line = `\r\u001b[Ktiny dora  ${bar}  6/12  loss 1.5000  2 s left`;
    expect(written).toEqual([line, '\r\u001b[Kcheckpoint\n', line, '\r\u001b[K']);
  });

  test('on a terminal is cut at its width', () => {
    const { stream, written } = makeStream(true);
    openProgress({ ...stream, columns: 30 }).update('x'.repeat(50), { done: 1, total: 1 }, []);
    expect(written.join('').length).toBe('\r\u001b[K'.length + 29);
  });

  test('elsewhere is a line now and then, each once, the last one always', () => {
    vi.useFakeTimers();
    try {
      const { stream, written } = makeStream(false);
      const progress = openProgress(stream);
      for (let done = 0; done <= 100; done += 1) {
        progress.update('loss', { done, total: 100 }, []);
        vi.advanceTimersByTime(100);
      }
      progress.update('loss', { done: 100, total: 100 }, []);
      progress.end();
      expect(written).toEqual(['loss: 0 of 100\n', 'loss: 50 of 100\n', 'loss: 100 of 100\n']);
    } finally {
      vi.useRealTimers();
    }
  });

  test('elsewhere tells what happened in its order', () => {
    const { stream, written } = makeStream(false);
    const progress = openProgress(stream);
    progress.update('a', { done: 1, total: 4 }, []);
    progress.update('a', { done: 2, total: 4 }, []);
    progress.note('checkpoint');
    progress.end();
    expect(written).toEqual(['a: 1 of 4\n', 'a: 2 of 4\n', 'checkpoint\n']);
  });

  test('elsewhere tells how something ended before the next begins', () => {
    const { stream, written } = makeStream(false);
    const progress = openProgress(stream);
    progress.update('a', { done: 1, total: 2 }, []);
    progress.update('a', { done: 2, total: 2 }, []);
    progress.update('b', { done: 1, total: 2 }, []);
    progress.end();
    expect(written).toEqual(['a: 1 of 2\n', 'a: 2 of 2\n', 'b: 1 of 2\n']);
  });
});
