// What the user is about to ask: typed, taken from a draft or the history, or an earlier prompt that is being edited.
import { useEffect, useState } from 'preact/hooks';
import type {
  HistoryEntry,
  PlaygroundPageState,
  PromptForm,
  Question,
} from '../../extension/shared/pages/playgroundPage';
import { usualSettings, type AnswerSettings } from '../../extension/shared/playground';
import { useKept } from '../page/connect';

export interface EditedQuestion extends Question {
  /** The turn that is edited, by its place from 0. */
  editing: number | undefined;
  /** Another number takes the focus to the prompt. */
  focusCount: number;
  setPrompt: (prompt: string) => void;
  setForm: (form: PromptForm) => void;
  setSystem: (system: string) => void;
  setSettings: (settings: AnswerSettings) => void;
  edit: (turn: number, prompt: string) => void;
  /** An entry's last prompt, if it has turns, and how it was asked. */
  use: (entry: Omit<HistoryEntry, 'id' | 'asked' | 'columns'>) => void;
  /** To be called when it was asked: a turn of a conversation leaves the box. */
  asked: () => void;
  /** Empties the box; nothing is edited any more. */
  clear: () => void;
}

export function useQuestion(state: PlaygroundPageState): EditedQuestion {
  const { last, draft } = state;
  const isChat = last?.form === 'chat';
  const [prompt, setPrompt] = useKept('prompt', isChat ? '' : (last?.prompt ?? ''));
  const [form, setForm] = useKept<PromptForm>('form', last?.form ?? usualForm(state));
  const [system, setSystem] = useKept('system', last?.system ?? '');
  const [settings, setSettings] = useKept<AnswerSettings>(
    'settings',
    last?.settings ?? usualSettings,
  );
  const [seenDraft, setSeenDraft] = useKept('draft', 0);
  const [editing, setEditing] = useState<number>();
  const [focusCount, setFocusCount] = useState(0);
  const put = (next: string): void => {
    setPrompt(next);
    setFocusCount((count) => count + 1);
  };
  useEffect(() => {
    if (draft === undefined || draft.number === seenDraft) return;
    setSeenDraft(draft.number);
    setEditing(undefined);
    setForm(draft.form);
    put(draft.prompt);
  }, [draft]);
  const leaveEdit = (next: string): void => {
    setEditing(undefined);
    put(next);
  };
  return {
    ...{ prompt, form, system, settings, editing, focusCount },
    ...{ setPrompt, setSystem, setSettings },
    setForm: (next) => {
      setForm(next);
      // Only a conversation has turns to edit.
      if (next !== 'chat') setEditing(undefined);
    },
    edit: (turn, text) => {
      setForm('chat');
      setEditing(turn);
      put(text);
    },
    use: (entry) => {
      setForm(entry.form);
      setSystem(entry.system);
      setSettings(entry.settings);
      leaveEdit(entry.turns.at(-1)?.prompt ?? '');
    },
    asked: () => {
      setEditing(undefined);
      if (form === 'chat') setPrompt('');
    },
    clear: () => {
      leaveEdit('');
    },
  };
}

/** As the models were taught, where that is known. */
function usualForm({ columns }: PlaygroundPageState): PromptForm {
  const templates = columns.flatMap(({ template }) => template ?? []);
  if (templates.length === 0) return 'plain';
  return templates.every((one) => one === 'chat') ? 'chat' : 'data';
}

/** The same question by the same seed would be drawn the same answer. */
export function anotherSeed(settings: AnswerSettings, last: Question | undefined): AnswerSettings {
  const isSame = settings.isSampled && last?.settings.seed === settings.seed;
  return isSame ? { ...settings, seed: settings.seed + 1 } : settings;
}
