// A conversation as one model had it: each prompt, and what it answered.
import type { VNode } from 'preact';
import { useMemo } from 'preact/hooks';
import { isHeard } from '../../extension/shared/answers';
import type { Answer, Turn } from '../../extension/shared/pages/playgroundPage';
import { IconButton } from '../components/toolkit';
import { t } from '../page/translate';
import { AnswerView } from './AnswerView';
import { endText } from './answerTexts';
import { useFollowedEnd } from './useFollowedEnd';

interface ConversationViewProps {
  /** The column's id. */
  id: string;
  name: string;
  turns: readonly Turn[];
  isMarked: boolean;
  /** By the turn's place, from 0. */
  onEdit: (turn: number) => void;
}

export function ConversationView(props: ConversationViewProps): VNode {
  const { id, name, turns, isMarked, onEdit } = props;
  const { box, onScroll } = useFollowedEnd<HTMLOListElement>(turns, true);
  return (
    <ol
      ref={box}
      class="conversation"
      aria-label={t('Conversation with {0}', name)}
      onScroll={onScroll}
    >
      {turns.map(({ prompt, answers }, index) => (
        <TurnView
          key={index}
          {...{ prompt, index, name, isMarked, onEdit }}
          answer={answers[id]}
          isLast={index === turns.length - 1}
        />
      ))}
    </ol>
  );
}

interface TurnViewProps {
  prompt: string;
  index: number;
  /** Undefined where the model was not asked. */
  answer: Answer | undefined;
  isLast: boolean;
  name: string;
  isMarked: boolean;
  onEdit: (turn: number) => void;
}

/** Turns that are over are not made again while the last one grows. */
function TurnView({ prompt, index, answer, isLast, name, isMarked, onEdit }: TurnViewProps): VNode {
  const view = useMemo(
    () => (
      <>
        <div class="asked">
          <p class="asked-text">{prompt}</p>
          <IconButton
            icon="edit"
            label={t('Edit prompt {0} and start over from there', index + 1)}
            onClick={() => {
              onEdit(index);
            }}
          />
        </div>
        {answer && <AnswerView {...{ answer, isMarked, name }} />}
        {!isLast && <TurnNote answer={answer} />}
      </>
    ),
    [prompt, answer, isLast, isMarked, name],
  );
  return <li class="turn">{view}</li>;
}

/** Of a turn that is over: how its answer ended, where it did not end by itself, and whether the model knows of it. */
function TurnNote({ answer }: { answer: Answer | undefined }): VNode | null {
  if (!isHeard(answer)) {
    return <p class="muted turn-note">{t('It is told nothing of this turn.')}</p>;
  }
  const end = answer.figures?.end ?? 'end';
  return end === 'end' ? null : <p class="muted turn-note">{endText(end, t)}</p>;
}
