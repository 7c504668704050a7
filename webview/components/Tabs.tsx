// Sections of a page, one shown at a time: Tab reaches the chosen one, arrow keys go from one to the next.
import type { ComponentChildren, VNode } from 'preact';
import { useRef } from 'preact/hooks';
import './tabs.css';

export interface TabItem {
  id: string;
  text: string;
  /** Beside the text, as a number of things. */
  count?: number | undefined;
}

interface TabsProps {
  label: string;
  items: readonly TabItem[];
  chosen: string;
  onChoose: (id: string) => void;
  /** Of the chosen one. */
  children: ComponentChildren;
}

export function Tabs({ label, items, chosen, onChoose, children }: TabsProps): VNode {
  const list = useRef<HTMLDivElement>(null);
  const go = (index: number): void => {
    const item = items[(index + items.length) % items.length];
    if (item === undefined) return;
    onChoose(item.id);
    list.current?.querySelector<HTMLElement>(`[data-tab="${item.id}"]`)?.focus();
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const at = items.findIndex(({ id }) => id === chosen);
    const targets: Record<string, number> = {
      ArrowRight: at + 1,
      ArrowLeft: at - 1,
      Home: 0,
      End: items.length - 1,
    };
    const target = targets[event.key];
    if (target === undefined) return;
    event.preventDefault();
    go(target);
  };
  return (
    <div class="tabs">
      <div ref={list} class="tab-list" role="tablist" aria-label={label} onKeyDown={onKeyDown}>
        {items.map(({ id, text, count }) => (
          <button
            key={id}
            type="button"
            role="tab"
            class="tab"
            id={`tab-${id}`}
            data-tab={id}
            aria-selected={id === chosen}
            aria-controls={`panel-${id}`}
            tabIndex={id === chosen ? 0 : -1}
            onClick={() => {
              onChoose(id);
            }}
          >
            {text}
            {count !== undefined && count > 0 && <span class="tab-count">{count}</span>}
          </button>
        ))}
      </div>
      <section
        role="tabpanel"
        id={`panel-${chosen}`}
        aria-labelledby={`tab-${chosen}`}
        class="tab-panel"
      >
        {children}
      </section>
    </div>
  );
}
