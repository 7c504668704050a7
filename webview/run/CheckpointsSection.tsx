// The checkpoints of a run: figures, and what can be done with each.
import type { VNode } from 'preact';
import type { ScoredRow } from '../../extension/shared/pages/accuracyPage';
import type { PageCommand } from '../../extension/shared/pages/common';
import type { RunPageState } from '../../extension/shared/pages/runPage';
import { signedText } from '../../extension/shared/runWords';
import { sizeText } from '../../extension/shared/timeText';
import { figureText, shareText } from '../charts/ticks';
import { IconButton } from '../components/toolkit';
import { t } from '../page/translate';
import { scoreTable } from '../accuracy/scoreTable';
import { PlainTableView } from '../tables/PlainTableView';
import type { PlainCell } from '../tables/plainTable';
import { checkpointRows, tasksOf, type CheckpointRow } from './checkpointRows';

interface CheckpointsSectionProps {
  state: RunPageState;
  onRun: (command: PageCommand, folder: string) => void;
}

/** In the order of their buttons. */
const actions = [
  { command: 'evaluate', icon: 'checklist' },
  { command: 'tryInPlayground', icon: 'comment-discussion' },
  { command: 'exportAdapter', icon: 'export' },
  { command: 'mergeAdapter', icon: 'git-merge' },
  { command: 'continueFromHere', icon: 'debug-continue' },
  { command: 'revealRunFolder', icon: 'folder-opened' },
] as const;
type Action = (typeof actions)[number]['command'] & PageCommand;

const needTrust: readonly Action[] = [
  'evaluate',
  'tryInPlayground',
  'exportAdapter',
  'mergeAdapter',
  'continueFromHere',
];

export function CheckpointsSection({ state, onRun }: CheckpointsSectionProps): VNode {
  const rows = checkpointRows(state.checkpoints, state.history);
  return (
    <>
      {rows.length === 0 ? (
        <p class="muted">{t('There is no checkpoint yet.')}</p>
      ) : (
        <CheckpointTable {...{ rows, state, onRun }} />
      )}
      <JudgedScores state={state} onRun={onRun} />
    </>
  );
}

/** Of answers that a judge has scored, by checkpoint. */
function JudgedScores({ state, onRun }: CheckpointsSectionProps): VNode | null {
  const table = scoreTable(state.scored, { nameOf: stepCell, t });
  if (table === undefined) return null;
  return (
    <section class="judged-scores" aria-label={t('Judged scores')}>
      <h2>{t('Judged scores')}</h2>
      <PlainTableView
        table={table}
        onOpenRun={(folder) => {
          onRun('openRun', folder);
        }}
      />
    </section>
  );
}

function stepCell({ step, isEnd }: ScoredRow): PlainCell {
  return { text: step === null || isEnd ? t('The end of the run') : t('step {0}', step) };
}

interface CheckpointTableProps extends CheckpointsSectionProps {
  rows: readonly CheckpointRow[];
}

function CheckpointTable({ rows, state, onRun }: CheckpointTableProps): VNode {
  const tasks = tasksOf(rows);
  const offered = actions.filter(({ command }) => isOffered(command, state));
  return (
    <div class="table-scroll" tabIndex={0} role="region" aria-label={t('Checkpoints')}>
      <table class="grid-table">
        <thead>
          <tr>
            <th scope="col">{t('Step')}</th>
            <th scope="col" class="number">
              {t('Loss')}
            </th>
            <th scope="col" class="number">
              {t('Validation')}
            </th>
            <th scope="col" class="number">
              {t('Slope, all')}
            </th>
            <th scope="col" class="number">
              {t('Slope, q_proj')}
            </th>
            {tasks.map((task) => (
              <th scope="col" class="number" key={task}>
                {task}
              </th>
            ))}
            <th scope="col" class="number">
              {t('Size')}
            </th>
            <th scope="col">{t('Actions')}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.step}>
              <th scope="row">
                {row.step}
                {row.isBest && (
                  <span
                    class="best"
                    title={
                      row.validation === undefined
                        ? t('Lowest loss of these')
                        : t('Lowest validation loss of these')
                    }
                  >
                    <span class="codicon codicon-star-full" aria-hidden="true" /> {t('best')}
                  </span>
                )}
              </th>
              <td class="number">{figureOr(row.loss, figureText)}</td>
              <td class="number">{figureOr(row.validation, figureText)}</td>
              <td class="number">{figureOr(row.slope, signedText)}</td>
              <td class="number">{figureOr(row.querySlope, signedText)}</td>
              {tasks.map((task) => (
                <td class="number" key={task}>
                  {figureOr(row.accuracies.get(task), shareText)}
                </td>
              ))}
              <td class="number">{sizeText(row.sizeBytes)}</td>
              <td class="row-actions">
                {offered.map(({ command, icon }) => (
                  <IconButton
                    key={command}
                    icon={icon}
                    label={t('{0}: step {1}', actionText(command), row.step)}
                    onClick={() => {
                      onRun(command, row.folder);
                    }}
                  />
                ))}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function isOffered(action: Action, { mayRun, run }: RunPageState): boolean {
  if (!mayRun && needTrust.includes(action)) return false;
  // A fully fine-tuned model has no adapter to take out or to merge.
  const isAdapter = run.settings.method !== 'full';
  return isAdapter || (action !== 'exportAdapter' && action !== 'mergeAdapter');
}

function actionText(action: Action): string {
  const texts: Record<Action, string> = {
    evaluate: t('Evaluate'),
    tryInPlayground: t('Try in Playground'),
    exportAdapter: t('Export adapter'),
    mergeAdapter: t('Merge'),
    continueFromHere: t('Continue from here'),
    revealRunFolder: t('Reveal folder'),
  };
  return texts[action];
}

function figureOr(value: number | undefined, text: (value: number) => string): string {
  return value === undefined ? '–' : text(value);
}
