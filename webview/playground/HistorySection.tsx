// What was asked before, with its answers: kept with the workspace until it is cleared.
import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import type { HistoryEntry, KeptAnswer } from '../../extension/shared/pages/playgroundPage';
import { shortQuestion } from '../../extension/shared/prediction';
import { agoText } from '../../extension/shared/timeText';
import { Icon } from '../components/Icon';
import { Button, IconButton } from '../components/toolkit';
import { t } from '../page/translate';
import { endText, figuresText, formText, settingsText } from './answerTexts';

interface HistorySectionProps {
  history: readonly HistoryEntry[];
  onUse: (entry: HistoryEntry) => void;
  onCopy: (text: string) => void;
  /** All of them when left out. */
  onForget: (entry?: number) => void;
}

export function HistorySection({ history, ...actions }: HistorySectionProps): VNode | null {
  if (history.length === 0) return null;
  return (
    <section class="history" aria-label={t('Earlier prompts')}>
      <header class="toolbar history-head">
        <h2>{t('Earlier prompts')}</h2>
        <Button
          icon="clear-all"
          onClick={() => {
            actions.onForget();
          }}
        >
          {t('Clear')}
        </Button>
      </header>
      <ol>
        {history.map((entry) => (
          <li key={entry.id}>
            <Entry entry={entry} {...actions} />
          </li>
        ))}
      </ol>
    </section>
  );
}

type EntryProps = Omit<HistorySectionProps, 'history'> & { entry: HistoryEntry };

/** What is closed is not drawn: there may be many. */
function Entry({ entry, ...actions }: EntryProps): VNode {
  const [isOpen, setOpen] = useState(false);
  const { prompt, asked } = entry;
  return (
    <details
      onToggle={({ currentTarget }) => {
        setOpen(currentTarget.open);
      }}
    >
      <summary>
        <Icon name="chevron-right" />
        <span class="history-prompt">{shortQuestion(prompt)}</span>
        <span class="muted history-time">{agoText(new Date(asked), new Date(), t)}</span>
      </summary>
      {isOpen && <EntryBody entry={entry} {...actions} />}
    </details>
  );
}

function EntryBody({ entry, onUse, onCopy, onForget }: EntryProps): VNode {
  const { prompt, form, answers } = entry;
  return (
    <div class="history-body">
      <p class="muted">{`${formText(form, t)} · ${settingsText(entry, t)}`}</p>
      <pre class="history-text" tabIndex={0}>
        {prompt}
      </pre>
      <div class="toolbar">
        <Button
          icon="edit"
          onClick={() => {
            onUse(entry);
          }}
        >
          {t('Use Again')}
        </Button>
        <Button
          icon="copy"
          onClick={() => {
            onCopy(prompt);
          }}
        >
          {t('Copy Prompt')}
        </Button>
        <Button
          icon="trash"
          onClick={() => {
            onForget(entry.id);
          }}
        >
          {t('Forget')}
        </Button>
      </div>
      <div class="columns" data-count={answers.length}>
        {answers.map((answer, index) => (
          <KeptAnswerView key={index} answer={answer} onCopy={onCopy} />
        ))}
      </div>
    </div>
  );
}

function KeptAnswerView({
  answer,
  onCopy,
}: {
  answer: KeptAnswer;
  onCopy: (text: string) => void;
}): VNode {
  const { name, text, figures, problem } = answer;
  return (
    <article class="column" aria-label={name}>
      <header class="column-head">
        <h3 class="column-name">{name}</h3>
        <IconButton
          icon="copy"
          label={t('Copy the answer of {0}', name)}
          onClick={() => {
            onCopy(text);
          }}
        />
      </header>
      <p class="answer kept">{text === '' ? <em>{t('nothing was written')}</em> : text}</p>
      <footer class="column-foot muted">
        {problem ?? (figures && `${endText(figures.end, t)} · ${figuresText(figures, t)}`)}
      </footer>
    </article>
  );
}
