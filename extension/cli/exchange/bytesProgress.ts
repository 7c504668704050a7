// How much of what is written is there.
import { openProgressAs, type ProgressKind } from '../progress';

export interface BytesProgress {
  update: (done: number, of: number) => void;
  end: () => void;
}

export function bytesProgress(label: string, kind: ProgressKind): BytesProgress {
  const progress = openProgressAs(kind);
  const rounded = (bytes: number): number => Math.round(bytes / 1e6);
  return {
    update: (done, of) => {
      progress.update(`${label}, MB`, { done: rounded(done), total: rounded(of) }, []);
    },
    end: () => {
      progress.end();
    },
  };
}
