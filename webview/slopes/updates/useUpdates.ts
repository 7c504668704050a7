// Which adapters are looked at, and what is known of them.
import { useEffect, useState } from 'preact/hooks';
import type {
  KeptUpdates,
  SlopesPageMethods,
  SlopesPageState,
  UpdatesRequest,
  UpdatesSubject,
} from '../../../extension/shared/pages/slopesPage';
import { useKept, type Connection } from '../../page/connect';
import { pick, type Chosen } from './chosenSubjects';

export type SlopesCall = Connection<SlopesPageState, SlopesPageMethods>['call'];

export interface Updates {
  subjects: readonly UpdatesSubject[];
  /** Chosen: the adapter, and the one it is compared with. */
  first: UpdatesSubject | undefined;
  second: UpdatesSubject | undefined;
  /** Undefined while it is looked up, null where nothing was measured. */
  kept: KeptUpdates | null | undefined;
  isMeasuring: boolean;
  /** A sentence, where measuring was refused. */
  problem: string | undefined;
  chooseFirst: (folder: string) => void;
  /** '' for none. */
  chooseSecond: (folder: string) => void;
  /** Asks for another folder to compare with. */
  browse: () => void;
  measure: () => void;
}

/** `epoch` changes when there may be other checkpoints. */
export function useUpdates(call: SlopesCall, epoch: string): Updates {
  const [chosen, keepChosen] = useKept<Chosen>('updates', {
    first: null,
    second: null,
    others: [],
  });
  const [found, setFound] = useState<readonly UpdatesSubject[]>([]);
  const [kept, setKept] = useState<KeptUpdates | null>();
  const [isMeasuring, setMeasuring] = useState(false);
  const [problem, setProblem] = useState<string>();
  useEffect(() => {
    void call('readSubjects').then(setFound, () => undefined);
  }, [epoch]);
  const subjects = [...found, ...chosen.others];
  const { first, second } = pick(subjects, chosen);
  const request = requestOf(first, second);
  const key = JSON.stringify(request);
  useEffect(() => {
    setProblem(undefined);
    setKept(undefined);
    if (request === undefined) return undefined;
    let isCurrent = true;
    void call('readUpdates', request).then((known) => {
      if (isCurrent) setKept(known);
    });
    return () => {
      isCurrent = false;
    };
  }, [key]);
  const measure = async (): Promise<void> => {
    if (request === undefined) return;
    setMeasuring(true);
    setProblem(undefined);
    try {
      const measured = await call('measureUpdates', request);
      if (measured !== null) setKept(measured);
    } catch (error) {
      setProblem(error instanceof Error ? error.message : String(error));
    } finally {
      setMeasuring(false);
    }
  };
  const browse = async (): Promise<void> => {
    const other = first && (await call('chooseSubject', first.base));
    if (!other) return;
    const others = [...chosen.others.filter(({ folder }) => folder !== other.folder), other];
    keepChosen({ ...chosen, others, second: other.folder });
  };
  return {
    ...{ subjects, first, second, kept, isMeasuring, problem },
    chooseFirst: (folder) => {
      keepChosen({ ...chosen, first: folder });
    },
    chooseSecond: (folder) => {
      keepChosen({ ...chosen, second: folder });
    },
    browse: () => void browse(),
    measure: () => void measure(),
  };
}

function requestOf(
  first: UpdatesSubject | undefined,
  second: UpdatesSubject | undefined,
): UpdatesRequest | undefined {
  if (first === undefined) return undefined;
  const folders = [first.folder, ...(second === undefined ? [] : [second.folder])];
  return { base: first.base, folders };
}
