// Charts of updates: which adapters, measured or not, and the chart that is chosen.
import type { VNode } from 'preact';
import type { UpdatesMeasurement } from '../../../extension/shared/updates';
import type { PictureTheme } from '../../charts/pictureTheme';
import { Button, Dropdown, ProgressRing } from '../../components/toolkit';
import { useKept } from '../../page/connect';
import { t } from '../../page/translate';
import { Exports } from '../Exports';
import { exportUpdates } from './exportUpdates';
import { LengthsView } from './LengthsView';
import { RanksView } from './RanksView';
import { SubspacesView } from './SubspacesView';
import type { Look } from './subspaces';
import './updates.css';
import type { UpdatesChart } from './updatesCsv';
import { useUpdates, type SlopesCall, type Updates } from './useUpdates';

export interface ChartProps {
  measurement: UpdatesMeasurement;
  /** Of the adapters. */
  labels: readonly string[];
  theme: PictureTheme;
  /** Chosen by the user. */
  module: string | null;
  onModule: (name: string) => void;
  look: Look;
  onLook: (look: Look) => void;
}

interface UpdatesViewProps {
  chart: UpdatesChart;
  theme: PictureTheme;
  call: SlopesCall;
  /** Changes when there may be other checkpoints. */
  epoch: string;
}

const charts = { ranks: RanksView, lengths: LengthsView, subspaces: SubspacesView };
const usualLook: Look = { side: 'output', directions: 8 };

export function UpdatesView({ chart, theme, call, epoch }: UpdatesViewProps): VNode {
  const updates = useUpdates(call, epoch);
  const [module, setModule] = useKept<string | null>('updatedModule', null);
  const [look, setLook] = useKept<Look>('subspaceLook', usualLook);
  const { kept, first, second } = updates;
  const labels = [first, second].flatMap((subject) => subject?.label ?? []);
  const props = kept && {
    ...{ measurement: kept.measurement, labels, theme, module, look },
    ...{ onModule: setModule, onLook: setLook },
  };
  const Chart = charts[chart];
  return (
    <div class="updates">
      <SubjectBar updates={updates}>
        {props && (
          <Exports
            onExport={(kind) => {
              void call('save', exportUpdates(kind, chart, { ...props, t }));
            }}
          />
        )}
      </SubjectBar>
      {updates.problem !== undefined && (
        <p class="problem" role="alert">
          {updates.problem}
        </p>
      )}
      {props ? <Chart {...props} /> : <NotMeasured updates={updates} />}
    </div>
  );
}

function SubjectBar({
  updates,
  children,
}: {
  updates: Updates;
  children: VNode | null | undefined;
}): VNode {
  const { subjects, first, second, kept, isMeasuring } = updates;
  const others = subjects.filter(
    ({ folder, base }) => folder !== first?.folder && base === first?.base,
  );
  const option = ({ folder, label }: Updates['subjects'][number]) => ({
    value: folder,
    text: label,
  });
  return (
    <div class="toolbar" role="toolbar" aria-label={t('Adapters')}>
      {subjects.length > 0 && (
        <>
          <Dropdown
            label={t('Adapter')}
            value={first?.folder ?? ''}
            options={subjects.map(option)}
            onChange={updates.chooseFirst}
          />
          <Dropdown
            label={t('Compared with')}
            value={second?.folder ?? ''}
            options={[{ value: '', text: t('Compared with nothing') }, ...others.map(option)]}
            onChange={updates.chooseSecond}
          />
          <Button icon="folder-opened" onClick={updates.browse}>
            {t('Compare with…')}
          </Button>
          {kept !== undefined && (
            <Button
              kind={kept === null ? 'primary' : 'secondary'}
              disabled={isMeasuring}
              onClick={updates.measure}
            >
              {kept ? t('Measure Again') : t('Measure')}
            </Button>
          )}
          {isMeasuring && <ProgressRing />}
        </>
      )}
      <span class="icons">{children}</span>
    </div>
  );
}

function NotMeasured({ updates }: { updates: Updates }): VNode | null {
  const { subjects, kept, isMeasuring } = updates;
  if (isMeasuring) return <p role="status">{t('Measuring…')}</p>;
  if (subjects.length === 0) {
    return <p class="muted">{t('There is no checkpoint to measure yet.')}</p>;
  }
  if (kept === undefined) return null;
  return (
    <p class="muted">
      {t('Not measured yet. It is done in a process of its own and takes seconds to minutes.')}
    </p>
  );
}
