// Goes through the measured steps: by slider, or by itself.
import type { VNode } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { Slider } from '../components/Slider';
import { IconButton } from '../components/toolkit';
import { t } from '../page/translate';

interface PlayerProps {
  steps: readonly number[];
  step: number;
  /** Null: the last there is, also when a later one comes. */
  onStep: (step: number | null) => void;
}

const stepMs = 320;
/** All steps go by in about this time, however many there are. */
const longestMs = 12_000;

export function Player({ steps, step, onStep }: PlayerProps): VNode {
  const [isPlaying, setPlaying] = useState(false);
  const at = Math.max(0, steps.indexOf(step));
  const last = steps.length - 1;
  const go = (index: number): void => {
    onStep(index >= last ? null : (steps[index] ?? null));
  };
  useEffect(() => {
    if (!isPlaying) return undefined;
    if (at >= last) {
      setPlaying(false);
      return undefined;
    }
    const timer = setTimeout(
      () => {
        go(at + 1);
      },
      Math.min(stepMs, longestMs / Math.max(1, last)),
    );
    return () => {
      clearTimeout(timer);
    };
  }, [isPlaying, at, last]);
  const toggle = (): void => {
    if (!isPlaying && at >= last) go(0);
    setPlaying(!isPlaying);
  };
  return (
    <div class="player" role="group" aria-label={t('Step')}>
      <IconButton
        icon={isPlaying ? 'debug-pause' : 'play'}
        label={isPlaying ? t('Pause') : t('Play the steps')}
        disabled={last < 1}
        onClick={toggle}
      />
      <Slider
        label={t('Step')}
        value={at}
        min={0}
        max={Math.max(0, last)}
        step={1}
        text={String(step)}
        onInput={(index) => {
          setPlaying(false);
          go(index);
        }}
      />
    </div>
  );
}
