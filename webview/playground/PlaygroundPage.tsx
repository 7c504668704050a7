// The page: what is asked above, the answers side by side, earlier conversations below.
import type { VNode } from 'preact';
import { useEffect, useMemo } from 'preact/hooks';
import type {
  PlaygroundPageEvents,
  PlaygroundPageMethods,
  PlaygroundPageState,
} from '../../extension/shared/pages/playgroundPage';
import { Waiting } from '../components/Waiting';
import { Button } from '../components/toolkit';
import { useConnection, useKept } from '../page/connect';
import { t } from '../page/translate';
import { AnswerColumn } from './AnswerColumn';
import { AnswerNews } from './AnswerNews';
import { changes } from './changes';
import { ConversationBar } from './ConversationBar';
import { HistorySection } from './HistorySection';
import { PromptBox } from './PromptBox';
import './question.css';
import './columns.css';
import './conversation.css';
import './answer.css';
import './tokenCard.css';
import './history.css';
import { anotherSeed, useQuestion } from './useQuestion';

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
  const { columns, turns, isAnswering, history, last, mayRun } = state;
  const question = useQuestion(state);
  const { prompt, form, system, settings, editing } = question;
  const [isMarked, setMarked] = useKept('marked', true);
  const isConversation = last?.form === 'chat' && turns.length > 0;
  useStopKey(isAnswering, () => void call('stop', null));
  const ask = (): void => {
    if (prompt === '' || columns.length === 0 || !mayRun) return;
    void call('ask', { prompt, form, system, settings }, editing ?? null);
    question.asked();
  };
  const regenerate = (): void => {
    const changed = anotherSeed(settings, last);
    question.setSettings(changed);
    void call('regenerate', changed);
  };
  // Drawn anew only when it is another one: answers grow many times a second.
  const earlier = useMemo(
    () => (
      <HistorySection
        history={history}
        mayRun={mayRun}
        onUse={question.use}
        onResume={(entry) => {
          void call('resume', entry.id);
          question.use({ ...entry, turns: [] });
        }}
        onCopy={(text) => void call('copy', text)}
        onForget={(entry) => void call('forget', entry ?? null)}
      />
    ),
    [history, mayRun],
  );
  return (
    <>
      <PromptBox
        {...{ question, columns, isAnswering, mayRun, isMarked }}
        onMark={setMarked}
        onAsk={ask}
        onStop={() => void call('stop', null)}
        onAddColumns={() => void call('addColumns')}
      />
      {isConversation && (
        <ConversationBar
          {...{ turns, isAnswering, mayRun }}
          onRegenerate={regenerate}
          onNew={() => {
            void call('newConversation');
            question.clear();
          }}
        />
      )}
      {columns.length === 0 ? (
        <NoModels onAdd={() => void call('addColumns')} mayRun={mayRun} />
      ) : (
        <div class="columns" data-count={columns.length}>
          {columns.map((column) => (
            <AnswerColumn
              key={column.id}
              {...{ column, turns, isConversation, isMarked }}
              onStop={() => void call('stop', column.id)}
              onCopy={(text) => void call('copy', text)}
              onRemove={() => void call('removeColumn', column.id)}
              onChooseBases={() => void call('chooseBases', column.id)}
              onEdit={(turn) => {
                question.edit(turn, turns[turn]?.prompt ?? '');
              }}
            />
          ))}
        </div>
      )}
      <AnswerNews columns={columns} turns={turns} />
      {earlier}
    </>
  );
}

/** Escape, wherever the focus is, unless something nearer to it takes the key. */
function useStopKey(isAnswering: boolean, stop: () => void): void {
  useEffect(() => {
    if (!isAnswering) return undefined;
    const onKeyDown = (event: KeyboardEvent): void => {
      if (event.key === 'Escape' && !event.defaultPrevented) stop();
    };
    document.addEventListener('keydown', onKeyDown);
    return () => {
      document.removeEventListener('keydown', onKeyDown);
    };
  }, [isAnswering]);
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
