// The one live region of the page.
import type { VNode } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { PlaygroundColumn, Turn } from '../../extension/shared/pages/playgroundPage';
import { t } from '../page/translate';
import { newsOf } from './spokenAnswers';

interface AnswerNewsProps {
  columns: readonly PlaygroundColumn[];
  turns: readonly Turn[];
}

export function AnswerNews({ columns, turns }: AnswerNewsProps): VNode {
  const last = turns.at(-1);
  const before = useRef<Turn | undefined>(undefined);
  const [news, setNews] = useState<string[]>([]);
  useEffect(() => {
    const nameOf = (id: string): string => columns.find((one) => one.id === id)?.name ?? id;
    const found = newsOf(before.current, last, nameOf, t);
    before.current = last;
    if (found.length > 0) setNews(found);
  }, [last]);
  return (
    <div class="visually-hidden" role="status">
      {news.map((text, index) => (
        <p key={index}>{text}</p>
      ))}
    </div>
  );
}
