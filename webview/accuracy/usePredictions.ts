// The lines of a query, read from the host page by page as they come into view.
import { useEffect, useRef, useState } from 'preact/hooks';
import type {
  AccuracyPageMethods,
  PredictionLine,
  PredictionPage,
  PredictionQuery,
} from '../../extension/shared/pages/accuracyPage';
import type { Caller } from '../../extension/shared/rpc';

const linesAPage = 50;

export interface Predictions {
  /** Undefined before the first page is there. */
  matches: number | undefined;
  counts: PredictionPage['counts'] | undefined;
  problem: string | undefined;
  /** Undefined for a line that is not read yet. */
  lineAt: (position: number) => PredictionLine | undefined;
  /** Reads what is missing between two positions. */
  want: (first: number, last: number) => void;
}

interface Read {
  key: string;
  matches: number;
  counts: PredictionPage['counts'];
  pages: ReadonlyMap<number, PredictionLine[]>;
}

/** `version` changes when the files do. */
export function usePredictions(
  call: Caller<AccuracyPageMethods>['call'],
  query: PredictionQuery,
  version: string,
): Predictions {
  const [read, setRead] = useState<Read>();
  const [problem, setProblem] = useState<string>();
  const asked = useRef({ key: '', pages: new Set<number>() });
  const key = JSON.stringify([query, version]);
  if (asked.current.key !== key) asked.current = { key, pages: new Set() };

  const ask = (page: number): void => {
    const { current } = asked;
    if (current.pages.has(page)) return;
    current.pages.add(page);
    call('readPredictions', query, page * linesAPage, linesAPage).then(
      ({ matches, counts, lines }) => {
        // Another query was made meanwhile.
        if (asked.current !== current) return;
        setProblem(undefined);
        setRead((before) => {
          const kept = before?.key === key ? before.pages : new Map<number, PredictionLine[]>();
          return { key, matches, counts, pages: new Map([...kept, [page, lines]]) };
        });
      },
      (error: unknown) => {
        if (asked.current === current) {
          setProblem(error instanceof Error ? error.message : String(error));
        }
      },
    );
  };
  useEffect(() => {
    ask(0);
  }, [key]);

  return {
    // What an earlier query found stays until there is something to show instead.
    matches: read?.matches,
    counts: read?.counts,
    problem,
    lineAt: (position) =>
      read?.pages.get(Math.floor(position / linesAPage))?.[position % linesAPage],
    want: (first, last) => {
      const lastPage = Math.floor(Math.max(0, last) / linesAPage);
      for (let page = Math.floor(first / linesAPage); page <= lastPage; page += 1) ask(page);
    },
  };
}
