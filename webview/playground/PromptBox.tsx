// What is asked, how it is put to the models, and how they choose their tokens.
import type { VNode } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import {
  promptForms,
  type PlaygroundColumn,
  type PromptForm,
} from '../../extension/shared/pages/playgroundPage';
import type { AnswerSettings } from '../../extension/shared/playground';
import { Popover } from '../components/Popover';
import { Button, Checkbox, Dropdown } from '../components/toolkit';
import { t } from '../page/translate';
import { formText, settingsText } from './answerTexts';
import { SamplingControls } from './SamplingControls';

interface PromptBoxProps {
  prompt: string;
  form: PromptForm;
  settings: AnswerSettings;
  columns: readonly PlaygroundColumn[];
  isAnswering: boolean;
  mayRun: boolean;
  /** Tokens of which a model was not sure are underlined. */
  isMarked: boolean;
  /** Another number takes the focus to the prompt. */
  focusCount: number;
  onPrompt: (prompt: string) => void;
  onForm: (form: PromptForm) => void;
  onSettings: (settings: AnswerSettings) => void;
  onMark: (isMarked: boolean) => void;
  onAsk: () => void;
  onStop: () => void;
  onAddColumns: () => void;
}

export function PromptBox(props: PromptBoxProps): VNode {
  const { prompt, form, settings, columns, isAnswering, mayRun, focusCount } = props;
  const box = useRef<HTMLTextAreaElement>(null);
  useEffect(() => {
    box.current?.focus();
  }, [focusCount]);
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      props.onAsk();
    } else if (event.key === 'Escape' && isAnswering) {
      event.preventDefault();
      props.onStop();
    }
  };
  const forms = promptForms.filter((one) => one !== 'data' || hasTemplate(columns) || form === one);
  return (
    <section class="question" aria-label={t('Prompt')}>
      <h1 class="visually-hidden">{t('Playground')}</h1>
      <textarea
        ref={box}
        class="prompt-box"
        rows={5}
        aria-label={t('Prompt')}
        aria-describedby="prompt-help"
        placeholder={t('Ask all models the same…')}
        value={prompt}
        spellcheck={false}
        onInput={({ currentTarget }) => {
          props.onPrompt(currentTarget.value);
        }}
        onKeyDown={onKeyDown}
      />
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
            if (chosen !== undefined) props.onForm(chosen);
          }}
        />
        <Popover label={t('Sampling')} icon="settings">
          <SamplingControls settings={settings} onChange={props.onSettings} />
        </Popover>
        <Button icon="add" onClick={props.onAddColumns}>
          {t('Models…')}
        </Button>
        <Checkbox checked={props.isMarked} onChange={props.onMark}>
          {t('Underline unsure tokens')}
        </Checkbox>
        <span class="muted" id="prompt-help">
          {mayRun
            ? `${settingsText({ settings }, t)} · ${t('Ctrl+Enter answers, Escape stops')}`
            : t('The playground runs models, which needs a trusted workspace.')}
        </span>
      </div>
    </section>
  );
}

function hasTemplate(columns: readonly PlaygroundColumn[]): boolean {
  return columns.some(({ template }) => template !== undefined);
}
