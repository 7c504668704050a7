// The predictions behind a cell: every question of a task with what the model wrote, beside another row's.
import type { VNode } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type {
  AccuracyPageMethods,
  AccuracyRow,
  PredictionFilter,
} from '../../extension/shared/pages/accuracyPage';
import type { Caller } from '../../extension/shared/rpc';
import { VirtualList } from '../components/VirtualList';
import { IconButton } from '../components/toolkit';
import { useKept } from '../page/connect';
import { t } from '../page/translate';
import { figureText } from './figureText';
import { PredictionDetail } from './PredictionDetail';
import { PredictionLineView } from './PredictionLineView';
import { PredictionsToolbar } from './PredictionsToolbar';
import { fullName, longName } from './rowNames';
import { usePredictions } from './usePredictions';

export interface PredictionsPlace {
  rowId: string;
  task: string;
  otherId: string | null;
}

interface PredictionsViewProps {
  place: PredictionsPlace;
  row: AccuracyRow;
  rows: readonly AccuracyRow[];
  call: Caller<AccuracyPageMethods>['call'];
  onMove: (place: PredictionsPlace) => void;
  onBack: () => void;
}

/** What is typed is looked for when the typing pauses. */
const typingMs = 200;

export function PredictionsView(props: PredictionsViewProps): VNode {
  const { place, row, rows, call, onMove, onBack } = props;
  const [filter, setFilter] = useKept<PredictionFilter>('filter', 'all');
  const [text, setText] = useKept('search', '');
  const [position, setPosition] = useKept('position', 0);
  const search = useSettled(text, typingMs);
  const other = findOther(rows, place);
  const predictions = usePredictions(
    call,
    {
      ...{ rowId: row.id, task: place.task, filter: usable(filter, other), text: search },
      ...(other && { otherId: other.id }),
    },
    versionOf(row, other, place.task),
  );
  const { matches = 0, counts, problem } = predictions;
  const chosen = Math.max(0, Math.min(position, matches - 1));
  const line = predictions.lineAt(chosen);
  const back = useRef<HTMLElement>(null);
  useEffect(() => {
    back.current?.querySelector<HTMLElement>('[role=listbox]')?.focus();
  }, []);
  const from = (change: () => void): void => {
    setPosition(0);
    change();
  };
  const figure = row.figures.find(({ task }) => task === place.task);
  return (
    <div class="predictions" ref={back as never}>
      <header class="page-head">
        <IconButton icon="arrow-left" label={t('Back to the table')} onClick={onBack} />
        <h1>{place.task}</h1>
        <span class="muted">
          {fullName(row, t)}
          {figure && ` · ${figureText(figure, t)}`}
        </span>
      </header>
      <PredictionsToolbar
        {...{ row, rows, place, other, counts, text }}
        filter={usable(filter, other)}
        onFilter={(next) => {
          from(() => {
            setFilter(next);
          });
        }}
        onSearch={(next) => {
          from(() => {
            setText(next);
          });
        }}
        onMove={(next) => {
          from(() => {
            onMove(next);
          });
        }}
      />
      {problem !== undefined && <p role="alert">{problem}</p>}
      <div class="predictions-body">
        <VirtualList
          label={t('Questions')}
          count={matches}
          chosen={chosen}
          onChoose={setPosition}
          onShow={predictions.want}
          line={(at) => <PredictionLineView line={predictions.lineAt(at)} />}
        />
        {line === undefined ? (
          <p class="muted" role="status">
            {predictions.matches === 0 ? t('No question matches.') : ''}
          </p>
        ) : (
          <PredictionDetail
            line={line}
            names={[longName(row, t), other ? longName(other, t) : '']}
            place={t('{0} of {1}', chosen + 1, matches)}
            onTry={(prompt) =>
              void call('tryInPlayground', prompt, other ? [row.id, other.id] : [row.id])
            }
          />
        )}
      </div>
    </div>
  );
}

function findOther(
  rows: readonly AccuracyRow[],
  { otherId, task }: PredictionsPlace,
): AccuracyRow | undefined {
  const other = rows.find(({ id }) => id === otherId);
  return other && hasPredictions(other, task) ? other : undefined;
}

export function hasPredictions({ figures }: AccuracyRow, task: string): boolean {
  return figures.some((figure) => figure.task === task && figure.hasPredictions);
}

/** Without a second row nothing differs. */
function usable(filter: PredictionFilter, other: AccuracyRow | undefined): PredictionFilter {
  const isOfTwo = filter === 'differ' || filter === 'onlyFirst' || filter === 'onlySecond';
  return isOfTwo && other === undefined ? 'all' : filter;
}

function versionOf(row: AccuracyRow, other: AccuracyRow | undefined, task: string): string {
  const figures = [row, other].map((one) => one?.figures.find((figure) => figure.task === task));
  return JSON.stringify(figures);
}

function useSettled(value: string, ms: number): string {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => {
      setSettled(value);
    }, ms);
    return () => {
      clearTimeout(timer);
    };
  }, [value]);
  return settled;
}
