// @vitest-environment happy-dom
// A conversation in a document: its turns, what a model is told of them, and the keys of the box that asks.
import { render } from 'preact';
import { act } from 'preact/test-utils';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { waitingAnswer } from '../../../extension/shared/answers';
import type { Answer, PromptForm, Turn } from '../../../extension/shared/pages/playgroundPage';
import { usualSettings } from '../../../extension/shared/playground';

vi.stubGlobal('acquireVsCodeApi', () => ({
  getState: () => undefined,
  setState: () => undefined,
  postMessage: () => undefined,
}));
// Controls are elements that nobody has defined.
vi.mock('@vscode/webview-ui-toolkit', async (original) => ({
  ...(await original<object>()),
  provideVSCodeDesignSystem: () => ({ register: () => undefined }),
}));
document.body.innerHTML =
  '<main id="page"></main><script type="application/json" id="page-data">{"l10n":{}}</script>';
const { AnswerColumn } = await import('../../../webview/playground/AnswerColumn');
const { PromptBox } = await import('../../../webview/playground/PromptBox');

const place = document.getElementById('page') ?? document.body;
const column = { id: 'a', model: '/w/a', base: '/w/a', name: 'DoRA r16', detail: 'starter' };
const figures = { end: 'end', tokens: 1, promptSeconds: 1, seconds: 0 } as const;

function said(text: string, changes: Partial<Answer> = {}): Answer {
  const tokens = [{ text, name: text, probability: 1, alternatives: [] }];
  return { ...waitingAnswer, state: 'ended', tokens, figures, ...changes };
}

const turns: Turn[] = [
  { prompt: 'one?', answers: {} },
  { prompt: 'two?', answers: { a: said('2', { figures: { ...figures, end: 'length' } }) } },
  { prompt: 'three?', answers: { a: said('', { state: 'failed', problem: 'No memory.' }) } },
  { prompt: 'four?', answers: { a: { ...said(''), tokens: [], text: '4' } } },
];

const nothing = () => undefined;
let edited: number[];

function showColumn(shown: Turn[], isConversation = true): void {
  const actions = {
    ...{ onStop: nothing, onCopy: nothing, onRemove: nothing },
    onChooseBases: nothing,
  };
  const onEdit = (turn: number): void => void edited.push(turn);
  void act(() => {
    render(
      <AnswerColumn
        {...{ column, isConversation, onEdit, ...actions }}
        turns={shown}
        isMarked={false}
      />,
      place,
    );
  });
}

beforeEach(() => {
  edited = [];
  render(null, place);
});

describe('a column', () => {
  test('shows each prompt with its own answer, and what its model is told nothing of', () => {
    showColumn(turns);
    const texts = [...place.querySelectorAll('.turn')].map((one) =>
      [...one.querySelectorAll('p, .answer')].map(({ textContent }) => textContent.trim()),
    );
    const untold = 'It is told nothing of this turn.';
    expect(texts).toEqual([
      ['one?', untold],
      ['two?', '2', 'as long as allowed'],
      ['three?', '', 'No memory.', untold],
      ['four?', '4'],
    ]);
  });

  test('lets any of its prompts be edited', () => {
    showColumn(turns);
    const edits = [...place.querySelectorAll<HTMLElement>('.turn vscode-button')];
    expect(edits.map((one) => one.title)).toContain('Edit prompt 2 and start over from there');
    edits[1]?.click();
    expect(edited).toEqual([1]);
  });

  test('of a question by itself is the answer alone', () => {
    showColumn(turns.slice(1, 2), false);
    expect(place.querySelector('.turn')).toBeNull();
    expect(place.querySelector('.answer')?.textContent).toBe('2');
  });

  test('that joins later says so', () => {
    showColumn(turns.slice(0, 1));
    expect(place.textContent).toContain('it answers from the next prompt on');
  });
});

describe('the box', () => {
  let done: string[];

  function showBox(isAnswering: boolean, editing?: number, form: PromptForm = 'chat'): void {
    const question = {
      ...{ prompt: 'one?', form, system: '', settings: usualSettings, editing, focusCount: 0 },
      ...{ setPrompt: nothing, setForm: nothing, setSystem: nothing, setSettings: nothing },
      ...{ edit: nothing, use: nothing, asked: nothing },
      clear: () => void done.push('cancel'),
    };
    const actions = {
      ...{ onMark: nothing, onAddColumns: nothing },
      onAsk: () => void done.push('ask'),
      onStop: () => void done.push('stop'),
    };
    void act(() => {
      render(
        <PromptBox {...{ question, isAnswering, ...actions }} columns={[column]} mayRun isMarked />,
        place,
      );
    });
  }

  function press(key: string, changes: KeyboardEventInit = {}): void {
    const box = place.querySelector('[aria-label=Prompt].prompt-box');
    box?.dispatchEvent(new KeyboardEvent('keydown', { key, ...changes }));
  }

  beforeEach(() => {
    done = [];
  });

  test('asks by Enter, but not by Shift+Enter, nor while something is composed', () => {
    showBox(false);
    press('Enter', { shiftKey: true });
    press('Enter', { isComposing: true });
    expect(done).toEqual([]);
    press('Enter');
    press('Enter', { ctrlKey: true });
    expect(done).toEqual(['ask', 'ask']);
  });

  test('stops by Escape, or leaves the edited prompt', () => {
    showBox(false);
    press('Escape');
    expect(done).toEqual([]);
    showBox(false, 1);
    expect(place.textContent).toContain('Prompt 2 is edited');
    press('Escape');
    showBox(true, 1);
    press('Escape');
    expect(done).toEqual(['cancel', 'stop']);
  });

  test('has a system prompt in a chat alone', () => {
    showBox(false);
    expect(place.querySelectorAll('textarea')).toHaveLength(2);
    showBox(false, undefined, 'plain');
    expect(place.querySelectorAll('textarea')).toHaveLength(1);
  });
});
