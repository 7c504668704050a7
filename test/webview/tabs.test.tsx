// @vitest-environment happy-dom
import { render } from 'preact';
import { useState } from 'preact/hooks';
import { act } from 'preact/test-utils';
import { beforeEach, expect, test } from 'vitest';
import { Tabs } from '../../webview/components/Tabs';

const items = [
  { id: 'a', text: 'First' },
  { id: 'b', text: 'Second', count: 3 },
  { id: 'c', text: 'Third', count: 0 },
];

function Page() {
  const [chosen, setChosen] = useState('a');
  return (
    <Tabs label="Sections" items={items} chosen={chosen} onChoose={setChosen}>
      {`content of ${chosen}`}
    </Tabs>
  );
}

beforeEach(async () => {
  document.body.innerHTML = '<main></main>';
  await act(() => {
    render(<Page />, document.querySelector('main') ?? document.body);
  });
});

function tab(id: string): HTMLElement {
  const found = document.getElementById(`tab-${id}`);
  if (found === null) throw new Error(`no tab ${id}`);
  return found;
}

async function press(key: string): Promise<void> {
  const focused = document.activeElement;
  await act(() => {
    focused?.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true }));
  });
}

test('the chosen tab names its panel and alone is reached by Tab', () => {
  expect(items.map(({ id }) => tab(id).tabIndex)).toEqual([0, -1, -1]);
  const panel = document.querySelector('[role=tabpanel]');
  expect(panel?.getAttribute('aria-labelledby')).toBe('tab-a');
  expect(tab('a').getAttribute('aria-controls')).toBe(panel?.id);
  expect(panel?.textContent).toBe('content of a');
  expect([tab('b').textContent, tab('c').textContent]).toEqual(['Second3', 'Third']);
});

test('arrow keys go round, Home and End to the ends, and the focus goes along', async () => {
  tab('a').focus();
  const seen: (string | undefined)[] = [];
  for (const key of ['ArrowRight', 'End', 'ArrowRight', 'ArrowLeft', 'Home', 'x']) {
    await press(key);
    seen.push(document.activeElement?.id);
  }
  expect(seen).toEqual(['tab-b', 'tab-c', 'tab-a', 'tab-c', 'tab-a', 'tab-a']);
  expect(document.querySelector('[role=tabpanel]')?.textContent).toBe('content of a');
});
