// A button that opens a small panel of controls under it. Escape and a click elsewhere close it.
import type { ComponentChildren, VNode } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { Button } from './toolkit';
import './popover.css';

interface PopoverProps {
  /** The button's text. */
  label: string;
  /** Codicon before it. */
  icon: string;
  children: ComponentChildren;
}

export function Popover({ label, icon, children }: PopoverProps): VNode {
  const [isOpen, setOpen] = useState(false);
  const place = useRef<HTMLDivElement>(null);
  const panel = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const { current } = panel;
    // It ends where its button ends, unless it would begin outside the window.
    if (current !== null && current.getBoundingClientRect().left < 0)
      current.dataset.side = 'start';
  }, [isOpen]);
  useEffect(() => {
    if (!isOpen) return undefined;
    const closeOutside = ({ target }: Event): void => {
      if (target instanceof Node && place.current?.contains(target) !== true) setOpen(false);
    };
    document.addEventListener('pointerdown', closeOutside);
    document.addEventListener('focusin', closeOutside);
    return () => {
      document.removeEventListener('pointerdown', closeOutside);
      document.removeEventListener('focusin', closeOutside);
    };
  }, [isOpen]);
  const closeByKey = (event: KeyboardEvent): void => {
    if (event.key !== 'Escape' || !isOpen) return;
    event.stopPropagation();
    setOpen(false);
    place.current?.querySelector<HTMLElement>('vscode-button')?.focus();
  };
  return (
    <div class="popover" ref={place} onKeyDown={closeByKey}>
      <Button
        expanded={isOpen}
        onClick={() => {
          setOpen(!isOpen);
        }}
      >
        <span slot="start" class={`codicon codicon-${icon}`} aria-hidden="true" />
        {label}
        <span slot="end" class="codicon codicon-chevron-down" aria-hidden="true" />
      </Button>
      {isOpen && (
        <div class="popover-panel" ref={panel} role="group" aria-label={label}>
          {children}
        </div>
      )}
    </div>
  );
}
