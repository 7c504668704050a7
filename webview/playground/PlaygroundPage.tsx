// The page: what is asked above, the answers side by side, earlier questions below.
import type { VNode } from 'preact';
import { useEffect, useMemo, useState } from 'preact/hooks';
import type {
  PlaygroundPageEvents,
  PlaygroundPageMethods,
  PlaygroundPageState,
  PromptForm,
  Question,
} from '../../extension/shared/pages/playgroundPage';
import { usualSettings, type AnswerSettings } from '../../extension/shared/playground';
import { Waiting } from '../components/Waiting';
import { Button } from '../components/toolkit';
import { useConnection, useKept } from '../page/connect';
import { t } from '../page/translate';
import { AnswerColumn } from './AnswerColumn';
import { changes } from './changes';
import { HistorySection } from './HistorySection';
import { PromptBox } from './PromptBox';
import './playground.css';

export function PlaygroundPage(): VNode {
  const { state, problem, call } = useConnection<
    PlaygroundPageState,
    PlaygroundPageMethods,
    PlaygroundPageEvents
  >(changes);
  if (state === undefined) return <Waiting problem={problem} />;
  return <Playground state={state} call={call} />;
}

export type PlaygroundCall = ReturnType<
  typeof useConnection<PlaygroundPageState, PlaygroundPageMethods, PlaygroundPageEvents>
>['call'];

interface PlaygroundProps {
  state: PlaygroundPageState;
  call: PlaygroundCall;
}

function Playground({ state, call }: PlaygroundProps): VNode {
  const { columns, answers, isAnswering, history, last, draft, mayRun } = state;
  const [prompt, setPrompt] = useKept('prompt', last?.prompt ?? '');
  const [form, setForm] = useKept<PromptForm>('form', last?.form ?? usualForm(state));
  const [settings, setSettings] = useKept<AnswerSettings>(
    'settings',
    last?.settings ?? usualSettings,
  );
  const [isMarked, setMarked] = useKept('marked', true);
  const [seenDraft, setSeenDraft] = useKept('draft', 0);
  const [focusCount, setFocusCount] = useState(0);
  const use = (question: Pick<Question, 'prompt' | 'form'>): void => {
    setPrompt(question.prompt);
    setForm(question.form);
    setFocusCount((count) => count + 1);
  };
  useEffect(() => {
    if (draft === undefined || draft.number === seenDraft) return;
    setSeenDraft(draft.number);
    use(draft);
  }, [draft]);
  // Drawn anew only when it is another one: answers grow many times a second.
  const earlier = useMemo(
    () => (
      <HistorySection
        history={history}
        onUse={(entry) => {
          use(entry);
          setSettings(entry.settings);
        }}
        onCopy={(text) => void call('copy', text)}
        onForget={(entry) => void call('forget', entry ?? null)}
      />
    ),
    [history],
  );
  const ask = (): void => {
    if (prompt !== '' && columns.length > 0 && mayRun) void call('ask', { prompt, form, settings });
  };
  return (
    <>
      <PromptBox
        {...{ prompt, form, settings, columns, isAnswering, mayRun, isMarked, focusCount }}
        onPrompt={setPrompt}
        onForm={setForm}
        onSettings={setSettings}
        onMark={setMarked}
        onAsk={ask}
        onStop={() => void call('stop', null)}
        onAddColumns={() => void call('addColumns')}
      />
      {columns.length === 0 ? (
        <NoModels onAdd={() => void call('addColumns')} mayRun={mayRun} />
      ) : (
        <div class="columns" data-count={columns.length}>
          {columns.map((column) => (
            <AnswerColumn
              key={column.id}
              column={column}
              answer={answers[column.id]}
              isMarked={isMarked}
              onStop={() => void call('stop', column.id)}
              onCopy={(text) => void call('copy', text)}
              onRemove={() => void call('removeColumn', column.id)}
            />
          ))}
        </div>
      )}
      {earlier}
    </>
  );
}

/** As the models were taught, where that is known. */
function usualForm({ columns }: PlaygroundPageState): PromptForm {
  return columns.some(({ template }) => template !== undefined) ? 'data' : 'plain';
}

function NoModels({ onAdd, mayRun }: { onAdd: () => void; mayRun: boolean }): VNode {
  return (
    <section class="empty">
      <h2>{t('Which models shall answer?')}</h2>
      <p>
        {t(
          'A base model and up to three checkpoints or adapters answer the same prompt side by side.',
        )}
      </p>
      {mayRun && (
        <Button kind="primary" icon="add" onClick={onAdd}>
          {t('Choose Models…')}
        </Button>
      )}
    </section>
  );
}
