// What the model wrote at each checkpoint on prompts that stay the same: at one step, or over time, with what
// changed between the first and the last.
import type { VNode } from 'preact';
import type { RunLists } from '../../extension/shared/runHistory';
import { Dropdown } from '../components/toolkit';
import { useKept } from '../page/connect';
import { t } from '../page/translate';
import { answerAt, promptAnswers, sampledSteps, type PromptAnswers } from './sampleModel';
import { wordDiff } from './wordDiff';

const overTime = 'all';
const firstAndLast = 'diff';

export function SamplesSection({ samples }: { samples: RunLists['samples'] }): VNode {
  const [view, setView] = useKept('samples', overTime);
  const steps = sampledSteps(samples);
  if (steps.length === 0) {
    return (
      <p class="muted">
        {t(
          'There are no samples yet. They are written before training and at each checkpoint; "samples" in the experiment says on which prompts.',
        )}
      </p>
    );
  }
  const options = [
    { value: overTime, text: t('Over time') },
    { value: firstAndLast, text: t('First and last compared') },
    ...steps.map((step) => ({ value: String(step), text: stepText(step) })),
  ];
  const chosen = options.some(({ value }) => value === view) ? view : overTime;
  return (
    <>
      <div class="toolbar">
        <label class="labelled">
          <span aria-hidden="true">{t('Show')}</span>
          <Dropdown
            label={t('Samples to show')}
            value={chosen}
            options={options}
            onChange={setView}
          />
        </label>
      </div>
      {promptAnswers(samples).map((answers, index) => (
        <article class="sample" key={answers.prompt}>
          <h3>{t('Prompt {0}', index + 1)}</h3>
          <pre class="sample-prompt" tabIndex={0}>
            {answers.prompt}
          </pre>
          <Answers {...{ answers, chosen }} />
        </article>
      ))}
    </>
  );
}

function Answers({ answers, chosen }: { answers: PromptAnswers; chosen: string }): VNode {
  if (chosen === firstAndLast) return <Compared answers={answers} />;
  if (chosen !== overTime) {
    const answer = answerAt(answers, Number(chosen));
    return <pre class="sample-text">{answer === undefined ? '–' : shownText(answer.text)}</pre>;
  }
  return (
    <table class="sample-table">
      <thead>
        <tr>
          <th scope="col">{t('Step')}</th>
          <th scope="col">{t('Answer')}</th>
        </tr>
      </thead>
      <tbody>
        {answers.answers.map(({ firstStep, lastStep, text }) => (
          <tr key={firstStep}>
            <th scope="row">
              {firstStep === lastStep ? firstStep : t('{0} to {1}', firstStep, lastStep)}
            </th>
            <td>
              <pre class="sample-text">{shownText(text)}</pre>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Compared({ answers: { answers } }: { answers: PromptAnswers }): VNode {
  const first = answers[0];
  const last = answers.at(-1);
  if (first === undefined || last === undefined) return <p>–</p>;
  return (
    <>
      <p class="muted">{t('From step {0} to step {1}', first.firstStep, last.lastStep)}</p>
      <pre class="sample-text">
        {wordDiff(first.text.trim(), last.text.trim()).map(({ kind, text }, index) => {
          if (kind === 'gone') return <del key={index}>{text}</del>;
          if (kind === 'new') return <ins key={index}>{text}</ins>;
          return text;
        })}
      </pre>
    </>
  );
}

function stepText(step: number): string {
  return step === 0 ? t('Before training') : t('Step {0}', step);
}

function shownText(text: string): string {
  return text.trim() === '' ? t('(nothing)') : text.trim();
}
