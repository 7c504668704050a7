// An answer token by token: resting on one, by mouse or by arrow keys, shows what else could have stood there.
import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import type { AnswerToken } from '../../extension/shared/playground';
import { t } from '../page/translate';
import { TokenCard } from './TokenCard';
import { useTokenIds } from './tokenIds';
import { useTokenViews } from './tokenViews';
import { useFollowedEnd } from './useFollowedEnd';

interface AnswerTextProps {
  tokens: readonly AnswerToken[];
  isWriting: boolean;
  /** Tokens of which the model was not sure. */
  isMarked: boolean;
  name: string;
}

export function AnswerText({ tokens, isWriting, isMarked, name }: AnswerTextProps): VNode {
  const { box, onScroll } = useFollowedEnd<HTMLDivElement>(tokens, isWriting);
  const idOf = useTokenIds();
  const [chosen, setChosen] = useState<number>();
  const views = useTokenViews(tokens, { chosen, isMarked, idOf });
  const token = chosen === undefined ? undefined : tokens[chosen];
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === 'Escape' && chosen !== undefined) {
      event.stopPropagation();
      setChosen(undefined);
      return;
    }
    const target = targetOf(event.key, chosen, tokens.length);
    if (target === undefined || tokens.length === 0) return;
    event.preventDefault();
    setChosen(target);
    document.getElementById(idOf(target))?.scrollIntoView({ block: 'nearest' });
  };
  const leave = (): void => {
    setChosen(undefined);
  };
  return (
    <div class="answer-place" onMouseLeave={leave}>
      <div
        ref={box}
        class="answer"
        role="listbox"
        aria-orientation="horizontal"
        tabIndex={0}
        aria-label={t('Answer of {0}, token by token', name)}
        aria-activedescendant={chosen === undefined ? undefined : idOf(chosen)}
        onKeyDown={onKeyDown}
        onFocus={() => {
          const isByKey = box.current?.matches(':focus-visible') === true;
          if (isByKey && chosen === undefined && tokens.length > 0) setChosen(0);
        }}
        onBlur={leave}
        onScroll={onScroll}
        onMouseMove={({ target }) => {
          const index = indexUnder(target);
          if (index !== undefined && index !== chosen) setChosen(index);
        }}
      >
        {views}
        {isWriting && <span class="cursor" aria-hidden="true" />}
      </div>
      {token && chosen !== undefined && <TokenCard token={token} anchor={idOf(chosen)} />}
    </div>
  );
}

function indexUnder(target: EventTarget | null): number | undefined {
  if (!(target instanceof Element)) return undefined;
  const index = target.closest<HTMLElement>('[data-index]')?.dataset.index;
  return index === undefined ? undefined : Number(index);
}

function targetOf(key: string, chosen = -1, count: number): number | undefined {
  const targets: Record<string, number> = {
    ArrowRight: chosen + 1,
    ArrowLeft: chosen - 1,
    Home: 0,
    End: count - 1,
  };
  const target = targets[key];
  return target === undefined ? undefined : Math.min(count - 1, Math.max(0, target));
}
