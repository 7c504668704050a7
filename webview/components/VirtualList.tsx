// A list box of any length: only the lines in view exist. Arrow keys, Page Up and Down, Home and End move the
// choice; the lines are all of one height.
import type { ComponentChildren, VNode } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import './virtualList.css';

interface VirtualListProps {
  label: string;
  count: number;
  /** Position of the chosen line. */
  chosen: number;
  onChoose: (position: number) => void;
  /** The lines that come into view. */
  onShow: (first: number, last: number) => void;
  line: (position: number) => ComponentChildren;
}

/** As in virtualList.css. */
const lineHeight = 26;
const beyond = 10;

export function VirtualList(props: VirtualListProps): VNode {
  const { label, count, chosen, onChoose, onShow, line } = props;
  const box = useRef<HTMLDivElement>(null);
  const [view, setView] = useState({ top: 0, height: 400 });
  const first = Math.max(0, Math.floor(view.top / lineHeight) - beyond);
  const last = Math.min(count - 1, Math.ceil((view.top + view.height) / lineHeight) + beyond);
  const measure = (): void => {
    const { current } = box;
    if (current) setView({ top: current.scrollTop, height: current.clientHeight });
  };
  useEffect(() => {
    if (box.current === null) return undefined;
    const observer = new ResizeObserver(measure);
    observer.observe(box.current);
    return () => {
      observer.disconnect();
    };
  }, []);
  useEffect(() => {
    scrollTo(box.current, chosen);
  }, [chosen]);
  useEffect(() => {
    onShow(first, last);
  });
  const onKeyDown = (event: KeyboardEvent): void => {
    const page = Math.max(1, Math.floor(view.height / lineHeight) - 1);
    const target = targetOf(event.key, { chosen, page, count });
    if (target === undefined || count === 0) return;
    event.preventDefault();
    onChoose(Math.min(count - 1, Math.max(0, target)));
  };
  const shown = Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => first + i);
  return (
    <div
      class="virtual-list"
      ref={box}
      role="listbox"
      tabIndex={0}
      aria-label={label}
      aria-activedescendant={shown.includes(chosen) ? idOf(chosen) : undefined}
      onScroll={measure}
      onKeyDown={onKeyDown}
    >
      <div role="presentation" style={{ height: `${count * lineHeight}px` }}>
        <div role="presentation" style={{ transform: `translateY(${first * lineHeight}px)` }}>
          {shown.map((position) => (
            <div
              key={position}
              id={idOf(position)}
              role="option"
              class="virtual-line"
              aria-selected={position === chosen}
              aria-setsize={count}
              aria-posinset={position + 1}
              onClick={() => {
                onChoose(position);
              }}
            >
              {line(position)}
            </div>
          ))}
        </div>
      </div>
    </div>
  );
}

function idOf(position: number): string {
  return `line-${position}`;
}

function scrollTo(box: HTMLElement | null, position: number): void {
  if (box === null) return;
  const top = position * lineHeight;
  if (top < box.scrollTop) box.scrollTop = top;
  else if (top + lineHeight > box.scrollTop + box.clientHeight) {
    box.scrollTop = top + lineHeight - box.clientHeight;
  }
}

function targetOf(
  key: string,
  { chosen, page, count }: { chosen: number; page: number; count: number },
): number | undefined {
  const targets: Record<string, number> = {
    ArrowDown: chosen + 1,
    ArrowUp: chosen - 1,
    PageDown: chosen + page,
    PageUp: chosen - page,
    Home: 0,
    End: count - 1,
  };
  return targets[key];
}
