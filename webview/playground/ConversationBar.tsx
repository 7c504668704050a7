// What can be done with the conversation as a whole.
import type { VNode } from 'preact';
import type { Turn } from '../../extension/shared/pages/playgroundPage';
import { Button } from '../components/toolkit';
import { t } from '../page/translate';
import { turnsText } from './answerTexts';

interface ConversationBarProps {
  turns: readonly Turn[];
  isAnswering: boolean;
  mayRun: boolean;
  onRegenerate: () => void;
  onNew: () => void;
}

export function ConversationBar(props: ConversationBarProps): VNode {
  const { turns, isAnswering, mayRun, onRegenerate, onNew } = props;
  return (
    <div class="toolbar conversation-bar">
      <h2>{t('Conversation')}</h2>
      <span class="muted">{turnsText(turns.length, t)}</span>
      <Button icon="refresh" disabled={isAnswering || !mayRun} onClick={onRegenerate}>
        {t('Answer Again')}
      </Button>
      <Button icon="comment-discussion" onClick={onNew}>
        {t('New Conversation')}
      </Button>
    </div>
  );
}
