// What a page shows before its first snapshot, or instead of it.
import type { VNode } from 'preact';
import { t } from '../page/translate';
import { Icon } from './Icon';
import { ProgressRing } from './toolkit';

export function Waiting({ problem }: { problem: string | undefined }): VNode {
  if (problem !== undefined) {
    return (
      <p role="alert">
        <Icon name="error" color="errorForeground" /> {problem}
      </p>
    );
  }
  return (
    <div role="status">
      <ProgressRing />
      <span class="visually-hidden">{t('Reading')}</span>
    </div>
  );
}
