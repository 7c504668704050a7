// A question as one line of the list.
import type { VNode } from 'preact';
import type { GivenAnswer, PredictionLine } from '../../extension/shared/pages/accuracyPage';
import { shortQuestion } from '../../extension/shared/prediction';
import { Icon } from '../components/Icon';
import { t } from '../page/translate';

export function PredictionLineView({ line }: { line: PredictionLine | undefined }): VNode {
  if (line === undefined) return <span class="muted">…</span>;
  const { index, prompt, answer, first, second } = line;
  const question = prompt === null ? '' : shortQuestion(prompt);
  return (
    <>
      <span class="muted line-number">{index + 1}</span>
      <Mark answer={first} />
      {second && <Mark answer={second} />}
      <span class="line-question">{question === '' ? t('answer: {0}', answer) : question}</span>
      <span class="muted line-answer">
        {first.extracted === '' ? t('no answer') : first.extracted}
        {second &&
          second.extracted !== first.extracted &&
          ` | ${second.extracted === '' ? t('no answer') : second.extracted}`}
      </span>
    </>
  );
}

/** Right or wrong, by shape and by colour. */
export function Mark({ answer }: { answer: GivenAnswer }): VNode {
  return (
    <span class="mark">
      <Icon
        name={answer.correct ? 'pass' : answer.extracted === '' ? 'circle-slash' : 'error'}
        color={answer.correct ? 'charts.green' : 'charts.red'}
      />
      <span class="visually-hidden">{answer.correct ? t('right') : t('wrong')}</span>
    </span>
  );
}
