import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { bundlePath, bundleText, callsIn, translatedCalls } from '../l10n/strings';

const root = join(__dirname, '..', '..');
const calls = translatedCalls(root);

describe('strings of host and pages', () => {
  it('are literals, so that they can be translated', () => {
    const others = calls.filter(({ message }) => message === undefined);
    expect(others.map(({ file, line }) => `${file}:${line}`)).toEqual([]);
  });

  it('have a place for each value, and a value for each place', () => {
    const wrong = calls.filter(({ message, values }) => {
      if (message === undefined || values === undefined) return false;
      const places = new Set([...message.matchAll(/\{(\d+)\}/g)].map(([, index]) => Number(index)));
      const wanted = Array.from({ length: values }, (_, index) => index);
      return places.size !== values || wanted.some((index) => !places.has(index));
    });
    expect(wrong.map(({ file, line, message }) => `${file}:${line} ${message ?? ''}`)).toEqual([]);
  });

  it('are all in the bundle for translators, and nothing else is: npm run l10n', () => {
    expect(readFileSync(join(root, bundlePath), 'utf8')).toBe(bundleText(calls));
  });

  it('are where VS Code looks for translations', () => {
    const { l10n } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
      l10n: string;
    };
    expect(join(l10n, 'bundle.l10n.json')).toBe(bundlePath);
  });
});

describe('the scan of a source', () => {
  it('finds calls of t by any owner and tells what it cannot read', () => {
    const text =
      "t('One {0}', 1); vscode.l10n.t(`Two`); l10n.t(some); x.test('no'); t('Three', ...all);";
    expect(callsIn('a.tsx', text)).toEqual([
      { file: 'a.tsx', line: 1, message: 'One {0}', values: 1 },
      { file: 'a.tsx', line: 1, message: 'Two', values: 0 },
      { file: 'a.tsx', line: 1, message: undefined, values: 0 },
      { file: 'a.tsx', line: 1, message: 'Three', values: undefined },
    ]);
  });
});
