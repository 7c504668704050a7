// The choices above charts: axis, smoothing, logarithm, outliers, zoom.
import type { ComponentChildren, VNode } from 'preact';
import type { ChartLink } from '../charts/link';
import { useSharedRange } from '../charts/link';
import { Slider } from '../components/Slider';
import { Button, Checkbox, Dropdown } from '../components/toolkit';
import { t } from '../page/translate';
import type { ChartChoices } from './chartControls';
import type { XKind } from './stepSeries';
import './chartBar.css';

interface ChartBarProps {
  choices: ChartChoices;
  onChoose: (choices: ChartChoices) => void;
  link: ChartLink;
  /** False where nothing tells how long a pass over the data is. */
  hasEpochs: boolean;
  /** Choices of the page's own. */
  children?: ComponentChildren;
}

export function ChartBar({ choices, onChoose, link, hasEpochs, children }: ChartBarProps): VNode {
  const isZoomed = useSharedRange(link) !== undefined;
  const axes: { value: XKind; text: string }[] = [
    { value: 'step', text: t('Steps') },
    { value: 'time', text: t('Time') },
    { value: 'tokens', text: t('Tokens') },
    ...(hasEpochs ? [{ value: 'epochs' as const, text: t('Epochs') }] : []),
  ];
  return (
    <div class="toolbar chart-bar" role="group" aria-label={t('How charts are drawn')}>
      <label class="labelled">
        <span aria-hidden="true">{t('Over')}</span>
        <Dropdown
          label={t('Horizontal axis')}
          value={choices.x}
          options={axes}
          onChange={(value) => {
            // Another axis has other numbers: the part that was shown means nothing there.
            link.setRange(undefined);
            onChoose({ ...choices, x: value as XKind });
          }}
        />
      </label>
      <Slider
        label={t('Smoothing')}
        value={choices.smoothing}
        min={0}
        max={0.99}
        step={0.01}
        text={choices.smoothing.toFixed(2)}
        onInput={(smoothing) => {
          onChoose({ ...choices, smoothing });
        }}
      />
      <Checkbox
        checked={choices.isLog}
        onChange={(isLog) => {
          onChoose({ ...choices, isLog });
        }}
      >
        {t('Log scale')}
      </Checkbox>
      <Checkbox
        checked={choices.ignoresOutliers}
        onChange={(ignoresOutliers) => {
          onChoose({ ...choices, ignoresOutliers });
        }}
      >
        {t('Ignore outliers')}
      </Checkbox>
      {children}
      <Button
        disabled={!isZoomed}
        onClick={() => {
          link.setRange(undefined);
        }}
      >
        {t('Reset zoom')}
      </Button>
    </div>
  );
}
