// What is asked, how it is put to the models, and how they choose their tokens.
import type { VNode } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { promptForms, type PlaygroundColumn } from '../../extension/shared/pages/playgroundPage';
import { Popover } from '../components/Popover';
import { Button, Checkbox, Dropdown } from '../components/toolkit';
import { t } from '../page/translate';
import { formText, settingsText } from './answerTexts';
import { SamplingControls } from './SamplingControls';
import type { EditedQuestion } from './useQuestion';

interface PromptBoxProps {
  question: EditedQuestion;
  columns: readonly PlaygroundColumn[];
  isAnswering: boolean;
  mayRun: boolean;
  /** Tokens of which a model was not sure are underlined. */
  isMarked: boolean;
  onMark: (isMarked: boolean) => void;
  onAsk: () => void;
  onStop: () => void;
  onAddColumns: () => void;
}

export function PromptBox(props: PromptBoxProps): VNode {
  const { question, isAnswering, onAsk, onStop } = props;
  const { prompt, form, system, editing, focusCount } = question;
  const box = useRef<HTMLTextAreaElement>(null);
  useEffect(() => {
    box.current?.focus();
  }, [focusCount]);
  const onKeyDown = (event: KeyboardEvent): void => {
    // What an input method composes ends with Enter as well.
    if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      onAsk();
    } else if (event.key === 'Escape' && isAnswering) {
      event.preventDefault();
      onStop();
    } else if (event.key === 'Escape' && editing !== undefined) {
      event.preventDefault();
      question.clear();
    }
  };
  return (
    <section class="question" aria-label={t('Prompt')}>
      <h1 class="visually-hidden">{t('Playground')}</h1>
      {form === 'chat' && <SystemPrompt system={system} onInput={question.setSystem} />}
      {editing !== undefined && <EditNotice number={editing + 1} onCancel={question.clear} />}
      <textarea
        ref={box}
        class="prompt-box"
        rows={form === 'chat' ? 3 : 5}
        aria-label={t('Prompt')}
        aria-describedby="prompt-help"
        placeholder={t('Ask all models the same…')}
        value={prompt}
        spellcheck={false}
        onInput={({ currentTarget }) => {
          question.setPrompt(currentTarget.value);
        }}
        onKeyDown={onKeyDown}
      />
      <QuestionBar {...props} />
    </section>
  );
}

function SystemPrompt({
  system,
  onInput,
}: {
  system: string;
  onInput: (system: string) => void;
}): VNode {
  return (
    <label class="system-prompt">
      <span>{t('System prompt')}</span>
      <textarea
        class="prompt-box"
        rows={1}
        placeholder={t("None: the model's template decides")}
        value={system}
        spellcheck={false}
        onInput={({ currentTarget }) => {
          onInput(currentTarget.value);
        }}
      />
    </label>
  );
}

function EditNotice({ number, onCancel }: { number: number; onCancel: () => void }): VNode {
  return (
    <div class="toolbar edit-notice" role="status">
      <span class="codicon codicon-edit" aria-hidden="true" />
      <span>{t('Prompt {0} is edited: the conversation starts over from there.', number)}</span>
      <Button onClick={onCancel}>{t('Cancel')}</Button>
    </div>
  );
}

function QuestionBar(props: PromptBoxProps): VNode {
  const { question, columns, isAnswering, mayRun } = props;
  const { prompt, form, settings } = question;
  const hasTemplate = columns.some(({ template }) => template !== undefined);
  const forms = promptForms.filter((one) => one !== 'data' || hasTemplate || form === one);
  return (
    <div class="toolbar question-bar">
      {isAnswering ? (
        <Button kind="primary" icon="debug-stop" onClick={props.onStop}>
          {t('Stop')}
        </Button>
      ) : (
        <Button
          kind="primary"
          icon="play"
          disabled={!mayRun || prompt === '' || columns.length === 0}
          onClick={props.onAsk}
        >
          {t('Answer')}
        </Button>
      )}
      <Dropdown
        label={t('How the prompt is put to the models')}
        value={form}
        options={forms.map((value) => ({ value, text: formText(value, t) }))}
        onChange={(value) => {
          const chosen = promptForms.find((one) => one === value);
          if (chosen !== undefined) question.setForm(chosen);
        }}
      />
      <Popover label={t('Sampling')} icon="settings">
        <SamplingControls settings={settings} onChange={question.setSettings} />
      </Popover>
      <Button icon="add" onClick={props.onAddColumns}>
        {t('Models…')}
      </Button>
      <Checkbox checked={props.isMarked} onChange={props.onMark}>
        {t('Underline unsure tokens')}
      </Checkbox>
      <span class="muted" id="prompt-help">
        {mayRun
          ? `${settingsText({ settings }, t)} · ${t('Enter answers, Shift+Enter breaks the line, Escape stops')}`
          : t('The playground runs models, which needs a trusted workspace.')}
      </span>
    </div>
  );
}
