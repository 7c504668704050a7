// What a model wrote, token by token where that is known, and why it failed.
import type { VNode } from 'preact';
import { answerText } from '../../extension/shared/answers';
import type { Answer } from '../../extension/shared/pages/playgroundPage';
import { Icon } from '../components/Icon';
import '../components/notice.css';
import { t } from '../page/translate';
import { AnswerText } from './AnswerText';

interface AnswerViewProps {
  answer: Answer;
  /** Tokens of which the model was not sure. */
  isMarked: boolean;
  /** Of the column. */
  name: string;
}

export function AnswerView({ answer, isMarked, name }: AnswerViewProps): VNode {
  const { state, text, tokens, problem } = answer;
  const isKept = text !== undefined;
  return (
    <>
      {isKept && problem === undefined && (
        <p class="answer kept">
          {text === '' ? <em>{t('nothing was written')}</em> : answerText(answer)}
        </p>
      )}
      {!isKept && (problem === undefined || tokens.length > 0) && (
        <AnswerText isWriting={state === 'writing'} {...{ tokens, isMarked, name }} />
      )}
      {problem !== undefined && (
        <p class="notice notice-error" role="alert">
          <Icon name="error" color="errorForeground" /> {problem}
        </p>
      )}
    </>
  );
}
