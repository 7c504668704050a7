// Which adapter is looked at, and which one it is compared with.
import type { UpdatesSubject } from '../../../extension/shared/pages/slopesPage';

export interface Chosen {
  first: string | null;
  /** '' for none; null: the usual one. */
  second: string | null;
  /** Folders that were asked for. */
  others: UpdatesSubject[];
}

/** The latest of the first run and, where there is another run on its base, that one's. */
export function pick(
  subjects: readonly UpdatesSubject[],
  { first: asked, second: against }: Pick<Chosen, 'first' | 'second'>,
): { first: UpdatesSubject | undefined; second: UpdatesSubject | undefined } {
  const first = subjects.find(({ folder }) => folder === asked) ?? subjects[0];
  const others = subjects.filter(
    ({ folder, base }) => folder !== first?.folder && base === first?.base,
  );
  const second =
    against === ''
      ? undefined
      : (others.find(({ folder }) => folder === against) ??
        (against === null ? others[0] : undefined));
  return { first, second };
}
