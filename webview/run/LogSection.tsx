// The end of the trainer's log, live; stays at the end while the reader does.
import type { VNode } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import type { LogChange } from '../../extension/shared/pages/runPage';
import { Icon } from '../components/Icon';
import { Button } from '../components/toolkit';
import { t } from '../page/translate';
import { logLines } from './logLines';

interface LogSectionProps {
  log: LogChange;
  onOpen: () => void;
}

const nearEndPixels = 24;

export function LogSection({ log, onOpen }: LogSectionProps): VNode {
  const place = useRef<HTMLPreElement>(null);
  const isAtEnd = useRef(true);
  useLayoutEffect(() => {
    const element = place.current;
    if (element !== null && isAtEnd.current) element.scrollTop = element.scrollHeight;
  }, [log.text]);
  return (
    <>
      <div class="toolbar">
        <Button icon="go-to-file" onClick={onOpen}>
          {t('Open in Editor')}
        </Button>
        {log.isCut && <span class="muted">{t('Only the end is shown.')}</span>}
      </div>
      {log.text === '' ? (
        <p class="muted">{t('The log is empty: nothing went wrong so far.')}</p>
      ) : (
        <pre
          ref={place}
          class="log"
          tabIndex={0}
          aria-label={t('Log')}
          onScroll={({ currentTarget: { scrollHeight, scrollTop, clientHeight } }) => {
            isAtEnd.current = scrollHeight - scrollTop - clientHeight < nearEndPixels;
          }}
        >
          {logLines(log.text).map(({ text, kind }, index) => (
            <div key={index} class={`log-${kind}`}>
              {kind !== 'plain' && <Icon name={kind} />}
              {text}
            </div>
          ))}
        </pre>
      )}
    </>
  );
}
