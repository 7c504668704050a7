// One question in full: what was asked, what was written, what was read out of it, what is right.
import type { VNode } from 'preact';
import type { GivenAnswer, PredictionLine } from '../../extension/shared/pages/accuracyPage';
import { questionOf } from '../../extension/shared/prediction';
import { Button } from '../components/toolkit';
import { t } from '../page/translate';
import { Mark } from './PredictionLineView';

interface PredictionDetailProps {
  line: PredictionLine;
  /** Of the rows; the second is empty where there is none. */
  names: [string, string];
  /** "3 of 192" */
  place: string;
  /** With the prompt as it was asked. */
  onTry: (prompt: string) => void;
}

export function PredictionDetail(props: PredictionDetailProps): VNode {
  const { line, names, place, onTry } = props;
  const { index, prompt, answer, first, second } = line;
  return (
    <article class="prediction" aria-label={t('Question {0}', index + 1)}>
      <header class="toolbar">
        <h2>{t('Question {0}', index + 1)}</h2>
        <span class="muted">{place}</span>
        {prompt !== null && (
          <Button
            icon="comment-discussion"
            onClick={() => {
              onTry(prompt);
            }}
          >
            {t('Try in Playground')}
          </Button>
        )}
      </header>
      {prompt === null ? (
        <p class="muted">
          {t('These results do not hold the prompts; evaluate again to add them.')}
        </p>
      ) : (
        <p class="question">{questionOf(prompt)}</p>
      )}
      <p>
        {t('Right answer')}: <strong class="answer">{answer}</strong>
      </p>
      <div class={second ? 'answers both' : 'answers'}>
        <Given answer={first} name={names[0]} />
        {second && <Given answer={second} name={names[1]} />}
      </div>
      {prompt !== null && (
        <details>
          <summary>{t('The whole prompt')}</summary>
          <pre class="prompt">{prompt}</pre>
        </details>
      )}
    </article>
  );
}

function Given({ answer, name }: { answer: GivenAnswer; name: string }): VNode {
  const { text, extracted, correct } = answer;
  return (
    <section class={`given ${correct ? 'right' : 'wrong'}`}>
      <h3>
        <Mark answer={answer} /> {name}
      </h3>
      <p class="output">{text === '' ? <em>{t('nothing was written')}</em> : marked(answer)}</p>
      <p class="muted">
        {extracted === ''
          ? t('No answer was found in it, which counts as wrong.')
          : correct
            ? t('Read as {0}: right.', extracted)
            : t('Read as {0}: wrong.', extracted)}
      </p>
    </section>
  );
}

/** The output with the answer that was found in it. */
function marked({ text, extracted }: GivenAnswer): VNode {
  const at = extracted === '' ? -1 : text.indexOf(extracted);
  if (at < 0) return <>{text}</>;
  return (
    <>
      {text.slice(0, at)}
      <mark>{extracted}</mark>
      {text.slice(at + extracted.length)}
    </>
  );
}
