// @vitest-environment happy-dom
// A language that marks every text shows whether pages take what the host gives them.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { bundlePath } from '../l10n/strings';

const bundle = JSON.parse(readFileSync(join(__dirname, '..', '..', bundlePath), 'utf8')) as Record<
  string,
  string
>;
const pseudo = Object.fromEntries(Object.keys(bundle).map((text) => [text, `⟦${text}⟧`]));

let t: (message: string, ...values: (string | number)[]) => string;

beforeAll(async () => {
  vi.stubGlobal('acquireVsCodeApi', () => ({
    postMessage: () => undefined,
    getState: () => undefined,
    setState: () => undefined,
  }));
  const data = document.createElement('script');
  data.id = 'page-data';
  data.type = 'application/json';
  data.textContent = JSON.stringify({ kind: 'run', given: {}, isPanel: false, l10n: pseudo });
  document.body.append(data);
  ({ t } = await import('../../webview/page/translate'));
});

describe('the strings of a page', () => {
  it('are those of the language, with their values in place', () => {
    expect(t('{0} of {1} modules', 3, 7)).toBe('⟦3 of 7 modules⟧');
    for (const text of Object.keys(bundle)) expect(t(text)).toBe(`⟦${text}⟧`);
  });

  it('are English where the language has none, and keep a place without a value', () => {
    expect(t('Nothing translates {0} this', 'of')).toBe('Nothing translates of this');
    expect(t('{0} and {1}', 'one')).toMatch(/one and \{1\}/);
  });
});
