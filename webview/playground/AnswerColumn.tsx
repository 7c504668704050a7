// One model: who it is, what it answers, how fast.
import type { VNode } from 'preact';
import { answerText, isOpen } from '../../extension/shared/answers';
import type { Answer, PlaygroundColumn, Turn } from '../../extension/shared/pages/playgroundPage';
import { Icon } from '../components/Icon';
import { IconButton } from '../components/toolkit';
import { t } from '../page/translate';
import { AnswerView } from './AnswerView';
import { contextText, detailText, figuresText, memoryText, stateText } from './answerTexts';
import { ConversationView } from './ConversationView';

interface AnswerColumnProps {
  column: PlaygroundColumn;
  turns: readonly Turn[];
  /** False: of the turns the last one is shown, and only its answer. */
  isConversation: boolean;
  /** Tokens of which the model was not sure. */
  isMarked: boolean;
  onStop: () => void;
  onCopy: (text: string) => void;
  onRemove: () => void;
  onChooseBases: () => void;
  /** Of a turn, by its place from 0. */
  onEdit: (turn: number) => void;
}

export function AnswerColumn(props: AnswerColumnProps): VNode {
  const { column, turns, isConversation, isMarked, onEdit } = props;
  const { id, name } = column;
  const answer = turns.at(-1)?.answers[id];
  const isAsked = turns.some(({ answers }) => answers[id] !== undefined);
  const isWriting = answer !== undefined && isOpen(answer);
  return (
    <article class="column" aria-label={name} aria-busy={isWriting}>
      <ColumnHead {...props} answer={answer} />
      <div class="column-body">
        {!isAsked && (
          <p class="muted column-state">
            {turns.length === 0
              ? t('Not asked yet')
              : t('Not asked yet: it answers from the next prompt on.')}
          </p>
        )}
        {isAsked && isConversation && (
          <ConversationView {...{ id, name, turns, isMarked, onEdit }} />
        )}
        {isAsked && !isConversation && answer && <AnswerView {...{ answer, isMarked, name }} />}
      </div>
      {answer && <ColumnFoot answer={answer} />}
    </article>
  );
}

interface ColumnHeadProps extends AnswerColumnProps {
  /** Undefined before it is asked. */
  answer: Answer | undefined;
}

function ColumnHead({ column, answer, ...actions }: ColumnHeadProps): VNode {
  const { onStop, onCopy, onRemove, onChooseBases } = actions;
  const { name } = column;
  const text = answer === undefined ? '' : answerText(answer);
  return (
    <header class="column-head">
      <div class="column-name">
        <h2>{name}</h2>
        <span class="muted">{detailText(column, answer, t)}</span>
      </div>
      {answer !== undefined && isOpen(answer) ? (
        <IconButton icon="debug-stop" label={t('Stop {0}', name)} onClick={onStop} />
      ) : (
        <IconButton
          icon="copy"
          label={t('Copy the answer of {0}', name)}
          disabled={text === ''}
          onClick={() => {
            onCopy(text);
          }}
        />
      )}
      <IconButton icon="layers" label={t("Weights of {0}'s base…", name)} onClick={onChooseBases} />
      <IconButton icon="close" label={t('Remove {0}', name)} onClick={onRemove} />
    </header>
  );
}

function ColumnFoot({ answer }: { answer: Answer }): VNode | null {
  const { state, figures } = answer;
  const facts = [
    figures === undefined ? '' : figuresText(figures, t),
    contextText(answer, t),
    memoryText(answer, t),
  ].filter((text) => text !== '');
  const stage = stateText(answer, t);
  if (stage === '' && facts.length === 0) return null;
  return (
    <footer class="column-foot muted">
      <span class="column-state">
        {(state === 'loading' || state === 'quantising') && (
          <Icon name="loading codicon-modifier-spin" />
        )}
        {stage}
      </span>
      {facts.map((text, index) => (
        <span key={index}>{text}</span>
      ))}
    </footer>
  );
}
