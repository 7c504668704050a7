// The tokens of an answer as elements. One that is as it was is not made again: an answer grows many times a second.
import type { VNode } from 'preact';
import { useRef } from 'preact/hooks';
import type { AnswerToken } from '../../extension/shared/playground';
import { t } from '../page/translate';
import { doubtOf, spokenToken, visibleText } from './answerTexts';

interface TokenLook {
  chosen: number | undefined;
  isMarked: boolean;
  idOf: (index: number) => string;
}

interface MadeView {
  token: AnswerToken;
  isChosen: boolean;
  isMarked: boolean;
  view: VNode;
}

export function useTokenViews(
  tokens: readonly AnswerToken[],
  { chosen, isMarked, idOf }: TokenLook,
): VNode[] {
  const made = useRef<MadeView[]>([]);
  made.current = tokens.map((token, index) => {
    const isChosen = index === chosen;
    const before = made.current[index];
    const isSame =
      before?.token === token && before.isChosen === isChosen && before.isMarked === isMarked;
    if (isSame) return before;
    const doubt = isMarked ? doubtOf(token) : 0;
    const view = <TokenView key={index} {...{ token, index, isChosen, doubt }} id={idOf(index)} />;
    return { token, isChosen, isMarked, view };
  });
  return made.current.map(({ view }) => view);
}

interface TokenViewProps {
  token: AnswerToken;
  index: number;
  id: string;
  isChosen: boolean;
  doubt: number;
}

/** A mark under the space before a word would look like a gap to fill in. */
function TokenView({ token, index, id, isChosen, doubt }: TokenViewProps): VNode {
  const { text, name } = token;
  const isUnseen = text === '';
  const word = isUnseen ? visibleText(name) : text.trimStart();
  return (
    <span
      id={id}
      data-index={index}
      role="option"
      class={isUnseen ? 'token token-unseen' : 'token'}
      data-doubt={doubt}
      aria-selected={isChosen}
      aria-label={spokenToken(token, t)}
    >
      {isUnseen ? '' : text.slice(0, text.length - word.length)}
      <span class="token-word">{word}</span>
    </span>
  );
}
