// One model's answer: who it is, what it writes, how fast.
import type { VNode } from 'preact';
import { answerText, isOpen } from '../../extension/shared/answers';
import type { Answer, PlaygroundColumn } from '../../extension/shared/pages/playgroundPage';
import { Icon } from '../components/Icon';
import { IconButton } from '../components/toolkit';
import { t } from '../page/translate';
import { AnswerText } from './AnswerText';
import { figuresText, memoryText, stateText } from './answerTexts';

interface AnswerColumnProps {
  column: PlaygroundColumn;
  /** Undefined before it is asked. */
  answer: Answer | undefined;
  /** Tokens of which the model was not sure. */
  isMarked: boolean;
  onStop: () => void;
  onCopy: (text: string) => void;
  onRemove: () => void;
}

export function AnswerColumn(props: AnswerColumnProps): VNode {
  const { column, answer, isMarked, onStop, onCopy, onRemove } = props;
  const { name, detail } = column;
  const isWriting = answer !== undefined && isOpen(answer);
  return (
    <article class="column" aria-label={name} aria-busy={isWriting}>
      <header class="column-head">
        <div class="column-name">
          <h2>{name}</h2>
          <span class="muted">{detail}</span>
        </div>
        {isWriting ? (
          <IconButton icon="debug-stop" label={t('Stop {0}', name)} onClick={onStop} />
        ) : (
          <IconButton
            icon="copy"
            label={t('Copy the answer of {0}', name)}
            disabled={answer === undefined || answer.tokens.length === 0}
            onClick={() => {
              if (answer !== undefined) onCopy(answerText(answer));
            }}
          />
        )}
        <IconButton icon="close" label={t('Remove {0}', name)} onClick={onRemove} />
      </header>
      {answer === undefined ? (
        <p class="muted column-state">{t('Not asked yet')}</p>
      ) : (
        <Asked {...{ answer, isMarked, name }} />
      )}
    </article>
  );
}

interface AskedProps {
  answer: Answer;
  isMarked: boolean;
  name: string;
}

function Asked({ answer, isMarked, name }: AskedProps): VNode {
  const { state, problem, figures } = answer;
  const memory = memoryText(answer, t);
  return (
    <>
      <AnswerText tokens={answer.tokens} isWriting={state === 'writing'} {...{ isMarked, name }} />
      {problem !== undefined && (
        <p class="notice notice-error" role="alert">
          <Icon name="error" color="errorForeground" /> {problem}
        </p>
      )}
      <footer class="column-foot muted">
        <span class="column-state" role="status">
          {state === 'loading' && <Icon name="loading codicon-modifier-spin" />}
          {stateText(answer, t)}
        </span>
        {figures && <span class="column-figures">{figuresText(figures, t)}</span>}
        {memory !== '' && <span>{memory}</span>}
      </footer>
    </>
  );
}
