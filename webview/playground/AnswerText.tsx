// An answer token by token: resting on one, by mouse or by arrow keys, shows what else could have stood there.
import type { VNode } from 'preact';
import { useRef, useState } from 'preact/hooks';
import type { AnswerToken } from '../../extension/shared/playground';
import { t } from '../page/translate';
import { doubtOf, spokenToken, visibleText } from './answerTexts';
import { TokenCard } from './TokenCard';
import { useTokenIds } from './tokenIds';

interface AnswerTextProps {
  tokens: readonly AnswerToken[];
  isWriting: boolean;
  name: string;
}

export function AnswerText({ tokens, isWriting, name }: AnswerTextProps): VNode {
  const box = useRef<HTMLDivElement>(null);
  const idOf = useTokenIds();
  const [chosen, setChosen] = useState<number>();
  const [isByKey, setByKey] = useState(false);
  const token = chosen === undefined ? undefined : tokens[chosen];
  const choose = (index: number | undefined, byKey: boolean): void => {
    setChosen(index);
    setByKey(byKey);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === 'Escape' && chosen !== undefined) {
      event.stopPropagation();
      choose(undefined, false);
      return;
    }
    const target = targetOf(event.key, chosen, tokens.length);
    if (target === undefined || tokens.length === 0) return;
    event.preventDefault();
    choose(target, true);
    document.getElementById(idOf(target))?.scrollIntoView({ block: 'nearest' });
  };
  const leave = (): void => {
    choose(undefined, false);
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
          if (chosen === undefined && tokens.length > 0 && box.current?.matches(':focus-visible'))
            choose(0, true);
        }}
        onBlur={leave}
      >
        {tokens.map((one, index) => (
          <span
            key={index}
            id={idOf(index)}
            role="option"
            class={one.text === '' ? 'token token-unseen' : 'token'}
            data-doubt={doubtOf(one)}
            aria-selected={index === chosen}
            aria-label={spokenToken(one, t)}
            onMouseEnter={() => {
              if (!isByKey) choose(index, false);
            }}
            onMouseMove={() => {
              if (isByKey) choose(index, false);
            }}
          >
            {one.text === '' ? visibleText(one.name) : one.text}
          </span>
        ))}
        {isWriting && <span class="cursor" aria-hidden="true" />}
      </div>
      {token && chosen !== undefined && <TokenCard token={token} anchor={idOf(chosen)} />}
    </div>
  );
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
