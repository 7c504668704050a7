// A box that is followed to its end while it grows, unless the reader has gone up in it.
import type { RefObject } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';

/** Nearer to its end than this, it is followed. */
const nearEndPixels = 24;

interface FollowedEnd<E extends HTMLElement> {
  box: RefObject<E | null>;
  onScroll: () => void;
}

/** `content`: another value when it has grown. */
export function useFollowedEnd<E extends HTMLElement>(
  content: unknown,
  isGrowing: boolean,
): FollowedEnd<E> {
  const box = useRef<E>(null);
  const isAtEnd = useRef(true);
  useLayoutEffect(() => {
    const { current } = box;
    if (current !== null && isGrowing && isAtEnd.current) current.scrollTop = current.scrollHeight;
  }, [content, isGrowing]);
  const onScroll = (): void => {
    if (box.current === null) return;
    const { scrollHeight, scrollTop, clientHeight } = box.current;
    isAtEnd.current = scrollHeight - scrollTop - clientHeight < nearEndPixels;
  };
  return { box, onScroll };
}
