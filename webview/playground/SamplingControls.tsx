// How tokens are chosen: the likeliest each time, or drawn.
import type { VNode } from 'preact';
import type { AnswerSettings } from '../../extension/shared/playground';
import { Slider } from '../components/Slider';
import { Checkbox } from '../components/toolkit';
import { t } from '../page/translate';
import { NumberField } from './NumberField';

interface SamplingControlsProps {
  settings: AnswerSettings;
  onChange: (settings: AnswerSettings) => void;
}

const mostNewTokens = 4096;

export function SamplingControls({ settings, onChange }: SamplingControlsProps): VNode {
  const { isSampled, temperature, topK, topP, seed, maxNewTokens } = settings;
  const change = (changed: Partial<AnswerSettings>): void => {
    onChange({ ...settings, ...changed });
  };
  return (
    <div class="sampling">
      <NumberField
        label={t('New tokens at most')}
        value={maxNewTokens}
        min={1}
        max={mostNewTokens}
        onChange={(value) => {
          change({ maxNewTokens: value });
        }}
      />
      <Checkbox
        checked={isSampled}
        onChange={(value) => {
          change({ isSampled: value });
        }}
      >
        {t('Draw tokens by chance (off: greedy)')}
      </Checkbox>
      {isSampled && (
        <>
          <Slider
            {...{ label: t('Temperature'), min: 0.05, max: 2, step: 0.05, value: temperature }}
            text={temperature.toFixed(2)}
            onInput={(value) => {
              change({ temperature: Number(value.toFixed(2)) });
            }}
          />
          <Slider
            {...{ label: t('Top-p'), min: 0.05, max: 1, step: 0.01, value: topP }}
            text={topP === 1 ? t('all') : topP.toFixed(2)}
            onInput={(value) => {
              change({ topP: Number(value.toFixed(2)) });
            }}
          />
          <NumberField
            label={t('Top-k, 0 for all')}
            value={topK}
            min={0}
            max={1_000_000}
            onChange={(value) => {
              change({ topK: value });
            }}
          />
          <NumberField
            label={t('Seed')}
            value={seed}
            min={0}
            max={2 ** 31 - 1}
            onChange={(value) => {
              change({ seed: value });
            }}
          />
        </>
      )}
    </div>
  );
}
