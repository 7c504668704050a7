// @vitest-environment happy-dom
// The table in a document: what a screen reader is told, and what clicks do.
import { render } from 'preact';
import { act } from 'preact/test-utils';
import { beforeEach, expect, test, vi } from 'vitest';
import { publishedRows } from '../../../extension/shared/published/table1';
import { makeTable } from '../../../webview/accuracy/tableModel';
import type { TableViewOptions } from '../../../webview/accuracy/viewOptions';
import { figure, noOthers, sampleRow, viewOptions } from './sampleRows';

// The toolkit's elements need more of a browser than this document has; without them their tags are plain ones.
vi.mock('@vscode/webview-ui-toolkit', async (original) => ({
  ...(await original<object>()),
  provideVSCodeDesignSystem: () => ({ register: () => undefined }),
}));
vi.stubGlobal('acquireVsCodeApi', () => ({
  getState: () => undefined,
  setState: () => undefined,
  postMessage: () => undefined,
}));
document.body.innerHTML =
  '<main id="page"></main><script type="application/json" id="page-data">{"l10n":{}}</script>';
const { AccuracyTable } = await import('../../../webview/accuracy/AccuracyTable');
const { TableToolbar } = await import('../../../webview/accuracy/TableToolbar');

const rows = [
  sampleRow('LoRA r16', [figure('facts', 190), figure('quiz', 150)]),
  sampleRow('DoRA r16', [{ ...figure('facts', 180), hasPredictions: false }], {
    created: '2026-11-24T02:15:05.000Z',
  }),
];
const actions = {
  onSort: vi.fn(),
  onSelect: vi.fn(),
  onOpenRun: vi.fn(),
  onOpenCell: vi.fn(),
  onOpenSeeds: vi.fn(),
};

function show(
  changes: Partial<TableViewOptions> = {},
  selected: string[] = [],
  shown = rows,
): HTMLElement {
  const options = viewOptions(changes);
  const table = makeTable(shown, publishedRows, options);
  const place = document.getElementById('page');
  if (place === null) throw new Error('the document has no place for the page');
  void act(() => {
    render(
      <AccuracyTable {...{ table, options, selected, differences: null }} {...actions} />,
      place,
    );
  });
  return place;
}

function texts(place: HTMLElement, selector: string): string[] {
  return [...place.querySelectorAll(selector)].map((one) => one.textContent.trim());
}

beforeEach(() => {
  vi.clearAllMocks();
});

test('has a caption, and a scope for every head', () => {
  const place = show({ publishedModels: ['LLaMA2-7B'] });
  expect(place.querySelector('caption')?.textContent).toContain(
    'Avg. is the mean over facts, quiz',
  );
  expect(place.querySelector('caption')?.textContent).toContain('cannot be compared with yours');
  expect(texts(place, 'th[scope=col]').slice(0, 4)).toEqual([
    ...['Method', '#Params (%)', 'facts', 'quiz'],
  ]);
  expect(texts(place, 'th[scope=rowgroup]')).toEqual(['starter', 'LLaMA2-7Bpublished']);
  expect(place.querySelectorAll('th[scope=row]')).toHaveLength(5);
  expect(place.querySelectorAll('th:not([scope])')).toHaveLength(0);
  expect(place.querySelectorAll('th[scope=row] em')).toHaveLength(3);
  const source = place.querySelector('tbody.published th[scope=row] span')?.getAttribute('title');
  expect(source).toBe('DoRA paper, arXiv 2402.09353 version 6, Table 1');
});

test('says whose average it is, where tasks are of several groups, and offers the others', () => {
  const own = ['tea', 'wine'].map((task) => ({ ...figure(task, 100), group: 'drinks' }));
  const shown = [sampleRow('DoRA r16', [...own, figure('boolq', 20)])];
  const place = show({}, [], shown);
  expect(texts(place, 'th[scope=col]').at(-1)).toBe('Avg.drinks');
  expect(texts(show(), 'th[scope=col]').at(-1)).toBe('Avg.');
  const onChange = vi.fn();
  const options = viewOptions();
  const table = makeTable(shown, [], options);
  const state = {
    rows: shown,
    scored: [],
    unevaluatedRuns: 0,
    isReading: false,
    mayEvaluate: false,
  };
  void act(() => {
    const call = vi.fn();
    const given = { state, options, table, call, onChange, chosen: [], differences: null };
    render(<TableToolbar {...given} others={noOthers} />, place);
  });
  const choice = place.querySelector<HTMLSelectElement>('[aria-label="Average over"]');
  expect(choice && texts(choice, 'vscode-option')).toEqual([
    ...['Average: drinks', 'Average: commonsense'],
  ]);
  if (choice !== null) choice.value = 'commonsense';
  choice?.dispatchEvent(new Event('change'));
  expect(onChange).toHaveBeenCalledWith({ averagedGroup: 'commonsense' });
});

test('prints figures with interval and n, the best in bold, nothing where there is nothing', () => {
  const place = show();
  const [lora, dora] = [...place.querySelectorAll('tbody tr:not(.group)')];
  expect(lora?.querySelector('td:nth-of-type(2)')?.textContent).toBe('95.091.0–97.3n 200');
  expect(lora?.querySelector('td:nth-of-type(2) strong')?.textContent).toBe('95.0');
  expect(dora?.querySelectorAll('strong')).toHaveLength(0);
  expect(dora?.querySelector('td:nth-of-type(3) .visually-hidden')?.textContent).toBe('none');
  expect(dora?.querySelector('.average')?.getAttribute('title')).toBe(
    'No average: there is no figure for quiz',
  );
  show({ showsIntervals: false });
  expect(lora?.querySelector('td:nth-of-type(2)')?.textContent).toBe('95.0');
});

test('says how it is sorted, and asks for another order', () => {
  const place = show({ sorting: { column: 'task:quiz', descending: true } });
  const heads = [...place.querySelectorAll('th[scope=col]')];
  expect(heads.map((head) => head.getAttribute('aria-sort'))).toEqual([
    ...['none', 'none', 'none', 'descending', 'none'],
  ]);
  heads[3]?.querySelector('button')?.click();
  expect(actions.onSort).toHaveBeenCalledWith({ column: 'task:quiz', descending: false });
});

test('keeps the focus when figures change', () => {
  const place = show();
  const head = place.querySelectorAll<HTMLButtonElement>('th[scope=col] button')[2];
  head?.focus();
  show({ sorting: { column: 'task:facts', descending: true } });
  expect(document.activeElement).toBe(head);
});

test('opens predictions that are there, runs, and chooses rows to compare', () => {
  const place = show({}, [rows[1]?.id ?? '']);
  const figures = place.querySelectorAll<HTMLButtonElement>('button.figure');
  // One figure is told by the run's events alone.
  expect(figures).toHaveLength(2);
  figures[1]?.click();
  expect(actions.onOpenCell).toHaveBeenCalledWith('/runs/LoRA r16/results', 'quiz');
  place.querySelector<HTMLButtonElement>('button.link')?.click();
  expect(actions.onOpenRun).toHaveBeenCalledWith('/runs/LoRA r16');
  const boxes = place.querySelectorAll<HTMLInputElement>('input[type=checkbox]');
  expect([...boxes].map(({ checked }) => checked)).toEqual([false, true]);
  expect(boxes[0]?.getAttribute('aria-label')).toBe('Compare LoRA r16, step 200');
  boxes[0]?.click();
  expect(actions.onSelect).toHaveBeenCalledWith('/runs/LoRA r16/results', true);
});

test('draws a part of many rows, and more on demand', () => {
  const many = Array.from({ length: 450 }, (_, i) => sampleRow(`run ${i}`, [figure('facts', i)]));
  const options = viewOptions();
  const place = document.getElementById('page');
  if (place === null) throw new Error('the document has no place for the page');
  const table = makeTable(many, [], options);
  void act(() => {
    render(
      <AccuracyTable {...{ table, options, selected: [], differences: null }} {...actions} />,
      place,
    );
  });
  expect(place.querySelectorAll('th[scope=row]')).toHaveLength(200);
  void act(() => {
    place.querySelector<HTMLElement>(':scope > vscode-button')?.click();
  });
  expect(place.querySelectorAll('th[scope=row]')).toHaveLength(400);
});
