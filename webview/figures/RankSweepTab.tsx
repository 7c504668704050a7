// Accuracy over rank: what is shown, its figure, and its numbers beside it.
import type { VNode } from 'preact';
import { useMemo } from 'preact/hooks';
import { paperTasks } from '../../extension/shared/published/paperTasks';
import { publishedSweeps } from '../../extension/shared/published/rankSweep';
import type { TaskGroup } from '../../extension/shared/taskGroups';
import { usePictureTheme } from '../charts/pictureTheme';
import { Dropdown } from '../components/toolkit';
import { useKept } from '../page/connect';
import { t } from '../page/translate';
import { FigureExport } from './FigureExport';
import type { FiguresCall } from './FiguresPage';
import { familyText, isChoice, type Family } from './members';
import { PlainTableView } from '../tables/PlainTableView';
import { SweepChart } from './SweepChart';
import { ownLines, publishedLines, rankCount } from './sweepLines';
import { sweepFile, type SweepPicture } from './sweepScene';
import { sweepTable } from './sweepTable';
import { sweepTexts } from './sweepTexts';
import { TemplateButton } from './TableTab';

interface RankSweepTabProps {
  families: readonly Family[];
  isReading: boolean;
  call: FiguresCall;
}

interface SweepOptions {
  /** Empty: the one with the most ranks. */
  family: string;
  /** Empty: the average of the largest group; `group:NAME`: that of another one. */
  task: string;
  /** Empty: none is shown. */
  published: string;
}

const usualOptions: SweepOptions = { family: '', task: '', published: 'paper' };

export function RankSweepTab({ families, isReading, call }: RankSweepTabProps): VNode {
  const [options, keep] = useKept<SweepOptions>('sweep', usualOptions);
  const theme = usePictureTheme(false);
  const change = (some: Partial<SweepOptions>): void => {
    keep({ ...options, ...some });
  };
  const family = families.find(({ id }) => id === options.family) ?? fullest(families);
  const tasks = family?.tasks ?? [];
  const isKnown = tasks.includes(options.task) || isOfPaper(options.task);
  const other = otherGroups(family).find(({ group }) => groupValue(group) === options.task);
  const task = isKnown ? options.task : '';
  const averaged = other?.tasks ?? family?.groups[0]?.tasks ?? [];
  const published = publishedSweeps.find(({ source }) => source === options.published);
  const lines = useMemo(
    () => [
      ...(family === undefined ? [] : ownLines(family, task === '' ? averaged : [task])),
      ...(published === undefined || other !== undefined || !mayCompare(family, task)
        ? []
        : publishedLines(published, task)),
    ],
    [family, task, other?.group, published],
  );
  const shownPublished = lines.some(({ isPublished }) => isPublished) ? published : undefined;
  const texts = sweepTexts({ family, task, averaged, published: shownPublished }, t);
  const picture: SweepPicture = {
    lines,
    colors: theme.colors,
    isHighContrast: theme.isHighContrast,
    names: { x: t('Rank'), y: t('Accuracy (%)') },
  };
  const title = family === undefined ? '' : `${familyText(family, families)}, ${family.model}`;
  const table = sweepTable(lines, { title, caption: texts.caption, published: shownPublished }, t);
  const hasOwn = lines.some(({ isPublished }) => !isPublished);
  return (
    <>
      <div class="toolbar figure-toolbar">
        <h2>{t('Accuracy over rank')}</h2>
        <Choices
          {...{ families, family, tasks, options }}
          task={other === undefined ? task : options.task}
          onChange={change}
        />
        <FigureExport
          table={table}
          picture={() =>
            sweepFile(picture, { title: texts.title, notes: texts.notes, font: theme.font })
          }
          call={call}
        />
      </div>
      {!hasOwn && !isReading && (
        <p class="muted hint">
          {t('None of your runs is here yet.')}{' '}
          {t(
            'Your points: evaluated runs that differ in method and rank, each rank over its seeds.',
          )}{' '}
          <TemplateButton call={call} />
        </p>
      )}
      <div class="sweep">
        <SweepChart picture={picture} font={theme.font} label={texts.label} />
        <PlainTableView table={table} onOpenRun={(folder) => void call('run', 'openRun', folder)} />
      </div>
    </>
  );
}

interface ChoicesProps {
  families: readonly Family[];
  family: Family | undefined;
  tasks: readonly string[];
  task: string;
  options: SweepOptions;
  onChange: (some: Partial<SweepOptions>) => void;
}

function Choices({ families, family, tasks, task, options, onChange }: ChoicesProps): VNode {
  const ofPaper = paperTasks.map((one) => one.task).filter((one) => !tasks.includes(one));
  const paperOnly = options.published === '' ? [] : ofPaper;
  return (
    <>
      {families.length > 1 && (
        <Dropdown
          label={t('Runs')}
          value={family?.id ?? ''}
          options={families.map((one) => ({ value: one.id, text: familyText(one, families) }))}
          onChange={(id) => {
            onChange({ family: id });
          }}
        />
      )}
      <Dropdown
        label={t('Task')}
        value={task}
        options={[
          { value: '', text: t('Average') },
          ...otherGroups(family).map(({ group }) => ({
            value: groupValue(group),
            text: group === '' ? t('Average: tasks without a group') : t('Average: {0}', group),
          })),
          ...[...tasks, ...paperOnly].map((one) => ({ value: one, text: one })),
        ]}
        onChange={(chosen) => {
          onChange({ task: chosen });
        }}
      />
      <Dropdown
        label={t('Published')}
        value={options.published}
        options={[
          { value: 'paper', text: t('Published: the paper') },
          { value: 'repository', text: t('Published: its repository') },
          { value: '', text: t('Nothing published') },
        ]}
        onChange={(source) => {
          onChange({ published: source });
        }}
      />
    </>
  );
}

/** The newest of those with the most ranks. */
function fullest(families: readonly Family[]): Family | undefined {
  return families.reduce<Family | undefined>(
    (best, family) => (best === undefined || rankCount(family) > rankCount(best) ? family : best),
    undefined,
  );
}

/** Whose average is not the one that is shown without a choice; of one task it would be that task's. */
function otherGroups(family: Family | undefined): TaskGroup[] {
  return family?.groups.slice(1).filter(({ tasks }) => tasks.length > 1) ?? [];
}

/** No task has such a name. */
function groupValue(group: string): string {
  return `group:${group}`;
}

/** The average, or a task of the paper that is asked as the paper asks it. */
function mayCompare(family: Family | undefined, task: string): boolean {
  if (task === '') return true;
  return isOfPaper(task) && (family === undefined || !isChoice(family, task));
}

function isOfPaper(task: string): boolean {
  return paperTasks.some((one) => one.task === task);
}
