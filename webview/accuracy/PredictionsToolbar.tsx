// Which task, whose answers beside, which questions.
import type { VNode } from 'preact';
import { countText } from '../../extension/shared/comparisonText';
import type {
  AccuracyRow,
  PredictionFilter,
  PredictionPage,
} from '../../extension/shared/pages/accuracyPage';
import { Dropdown, TextField } from '../components/toolkit';
import { t } from '../page/translate';
import { hasPredictions, type PredictionsPlace } from './PredictionsView';
import { fullName } from './rowNames';

interface PredictionsToolbarProps {
  row: AccuracyRow;
  rows: readonly AccuracyRow[];
  place: PredictionsPlace;
  other: AccuracyRow | undefined;
  filter: PredictionFilter;
  text: string;
  counts: PredictionPage['counts'] | undefined;
  onFilter: (filter: PredictionFilter) => void;
  onSearch: (text: string) => void;
  onMove: (place: PredictionsPlace) => void;
}

export function PredictionsToolbar(props: PredictionsToolbarProps): VNode {
  const { row, rows, place, other, filter, text, counts, onFilter, onSearch, onMove } = props;
  const tasks = row.figures.filter((one) => one.hasPredictions).map(({ task }) => task);
  const others = rows.filter((one) => one.id !== row.id && hasPredictions(one, place.task));
  return (
    <div class="toolbar">
      <Dropdown
        label={t('Task')}
        value={place.task}
        options={tasks.map((task) => ({ value: task, text: task }))}
        onChange={(task) => {
          onMove({ ...place, task });
        }}
      />
      <Dropdown
        label={t('Compare with')}
        value={other?.id ?? ''}
        options={[
          { value: '', text: t('Compare with…') },
          ...others.map((one) => ({ value: one.id, text: fullName(one, t) })),
        ]}
        onChange={(otherId) => {
          onMove({ ...place, otherId: otherId === '' ? null : otherId });
        }}
      />
      <div class="choices" role="group" aria-label={t('Which questions')}>
        {filtersOf(other).map(([value, name]) => (
          <button
            key={value}
            type="button"
            class="choice"
            aria-pressed={value === filter}
            onClick={() => {
              onFilter(value);
            }}
          >
            {name} {counts && <span class="count">{countText(counts[value])}</span>}
          </button>
        ))}
      </div>
      <TextField
        label={t('Search questions and outputs')}
        placeholder={t('Search questions and outputs')}
        value={text}
        onInput={onSearch}
      />
    </div>
  );
}

function filtersOf(other: AccuracyRow | undefined): [PredictionFilter, string][] {
  const own: [PredictionFilter, string][] = [
    ['all', t('All')],
    ['wrong', t('Wrong')],
    ['right', t('Right')],
    ['unanswered', t('No answer found')],
  ];
  if (other === undefined) return own;
  return [
    ...own,
    ['differ', t('Answers differ')],
    ['onlyFirst', t('Only this right')],
    ['onlySecond', t('Only the other right')],
  ];
}
