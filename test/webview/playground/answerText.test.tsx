// @vitest-environment happy-dom
// An answer in a document: what arrow keys and the mouse show of its tokens, and what is drawn anew.
import { render } from 'preact';
import { act } from 'preact/test-utils';
import { beforeEach, expect, test, vi } from 'vitest';
import type { AnswerToken } from '../../../extension/shared/playground';

vi.stubGlobal('acquireVsCodeApi', () => ({
  getState: () => undefined,
  setState: () => undefined,
  postMessage: () => undefined,
}));
document.body.innerHTML =
  '<main id="page"></main><script type="application/json" id="page-data">{"l10n":{}}</script>';
const { AnswerText } = await import('../../../webview/playground/AnswerText');

function token(text: string, probability = 1): AnswerToken {
  const others = [
    { text: ' other', probability: 0.3 },
    { text: ' third', probability: 0.1 },
  ];
  return {
    ...{ text, probability, name: text === '' ? '</s>' : text },
    alternatives: [{ text, probability }, ...others],
  };
}

const tokens = [token('the'), token(' cat', 0.6), token(' sat', 0.1), token('')];
let place: HTMLElement;

function show(shown: readonly AnswerToken[], isMarked = true): void {
  void act(() => {
    render(<AnswerText tokens={shown} isWriting={false} name="DoRA" isMarked={isMarked} />, place);
  });
}

function press(...keys: string[]): void {
  for (const key of keys) {
    void act(() => {
      place.querySelector('.answer')?.dispatchEvent(new KeyboardEvent('keydown', { key }));
    });
  }
}

function card(): string | undefined {
  return place.querySelector('.token-card')?.textContent;
}

beforeEach(() => {
  place = document.getElementById('page') ?? document.body;
  render(null, place);
  show(tokens);
});

test('reads as its text, with the end of it, and doubt on words alone', () => {
  expect(place.querySelector('.answer')?.textContent).toBe('the cat sat</s>');
  const doubts = [...place.querySelectorAll<HTMLElement>('.token')].map((one) => one.dataset.doubt);
  expect(doubts).toEqual(['0', '1', '3', '0']);
  expect(place.querySelectorAll('.token-word')[1]?.textContent).toBe('cat');
  show(tokens, false);
  expect(place.querySelectorAll('[data-doubt="0"]')).toHaveLength(4);
});

test('arrow keys go from token to token and show what else could have stood there', () => {
  expect(card()).toBeUndefined();
  press('ArrowRight', 'ArrowRight');
  expect(card()).toContain('␣cat60.0 %');
  expect(card()).toContain('␣other30.0 %');
  const active = place.querySelector('.answer')?.getAttribute('aria-activedescendant') ?? '';
  expect(document.getElementById(active)?.getAttribute('aria-selected')).toBe('true');
  expect(document.getElementById(active)?.getAttribute('aria-label')).toMatch(/^␣cat 60\.0 %/);
  press('End', 'ArrowRight');
  expect(place.querySelectorAll('[aria-selected=true]')).toHaveLength(1);
  expect(place.querySelector('[aria-selected=true]')?.textContent).toBe('</s>');
  press('Escape');
  expect(card()).toBeUndefined();
});

test('the mouse shows the same', () => {
  void act(() => {
    const word = place.querySelectorAll('.token-word')[2];
    word?.dispatchEvent(new MouseEvent('mousemove', { bubbles: true }));
  });
  expect(card()).toContain('␣sat10.0 %');
});

test('a growing answer keeps the elements that are there', () => {
  const before = [...place.querySelectorAll('.token')];
  show([...tokens, token(' more')]);
  const after = [...place.querySelectorAll('.token')];
  expect(after).toHaveLength(5);
  expect(before.every((element, index) => element === after[index])).toBe(true);
});
