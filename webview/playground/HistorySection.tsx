// What was asked before, with its answers: kept with the workspace until it is cleared.
import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import type {
  HistoryEntry,
  KeptAnswer,
  KeptTurn,
} from '../../extension/shared/pages/playgroundPage';
import { shortQuestion } from '../../extension/shared/prediction';
import { agoText } from '../../extension/shared/timeText';
import { Icon } from '../components/Icon';
import { Button, IconButton } from '../components/toolkit';
import { t } from '../page/translate';
import { endText, figuresText, formText, settingsText, turnsText } from './answerTexts';

interface HistorySectionProps {
  history: readonly HistoryEntry[];
  mayRun: boolean;
  onUse: (entry: HistoryEntry) => void;
  onResume: (entry: HistoryEntry) => void;
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
  const { turns, asked } = entry;
  return (
    <details
      onToggle={({ currentTarget }) => {
        setOpen(currentTarget.open);
      }}
    >
      <summary>
        <Icon name="chevron-right" />
        <span class="history-prompt">{shortQuestion(turns[0]?.prompt ?? '')}</span>
        {turns.length > 1 && <span class="muted history-time">{turnsText(turns.length, t)}</span>}
        <span class="muted history-time">{agoText(new Date(asked), new Date(), t)}</span>
      </summary>
      {isOpen && <EntryBody entry={entry} {...actions} />}
    </details>
  );
}

function EntryBody({ entry, ...actions }: EntryProps): VNode {
  const { form, system, turns } = entry;
  return (
    <div class="history-body">
      <p class="muted">{`${formText(form, t)} · ${settingsText(entry, t)}`}</p>
      {system !== '' && <p class="muted history-system">{t('System prompt: {0}', system)}</p>}
      {turns.map((turn, index) => (
        <TurnView key={index} {...{ turn, entry }} onCopy={actions.onCopy} />
      ))}
      <EntryActions entry={entry} {...actions} />
    </div>
  );
}

function EntryActions({ entry, mayRun, onUse, onResume, onCopy, onForget }: EntryProps): VNode {
  const { form, turns, id } = entry;
  const prompts = turns.map(({ prompt }) => prompt).join('\n\n');
  return (
    <div class="toolbar">
      {form === 'chat' ? (
        <Button
          icon="comment-discussion"
          disabled={!mayRun}
          onClick={() => {
            onResume(entry);
          }}
        >
          {t('Continue')}
        </Button>
      ) : (
        <Button
          icon="edit"
          onClick={() => {
            onUse(entry);
          }}
        >
          {t('Use Again')}
        </Button>
      )}
      <Button
        icon="copy"
        onClick={() => {
          onCopy(prompts);
        }}
      >
        {turns.length > 1 ? t('Copy Prompts') : t('Copy Prompt')}
      </Button>
      <Button
        icon="trash"
        onClick={() => {
          onForget(id);
        }}
      >
        {t('Forget')}
      </Button>
    </div>
  );
}

interface TurnViewProps {
  turn: KeptTurn;
  entry: HistoryEntry;
  onCopy: (text: string) => void;
}

function TurnView({ turn: { prompt, answers }, entry, onCopy }: TurnViewProps): VNode {
  return (
    <>
      <pre class="history-text" tabIndex={0}>
        {prompt}
      </pre>
      <div class="columns" data-count={answers.length}>
        {answers.map((answer) => (
          <KeptAnswerView
            key={answer.column}
            name={entry.columns.find(({ id }) => id === answer.column)?.name ?? answer.column}
            {...{ answer, onCopy }}
          />
        ))}
      </div>
    </>
  );
}

interface KeptAnswerViewProps {
  name: string;
  answer: KeptAnswer;
  onCopy: (text: string) => void;
}

function KeptAnswerView({ name, answer, onCopy }: KeptAnswerViewProps): VNode {
  const { text, figures, problem } = answer;
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
