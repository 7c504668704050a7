// A range with its value beside it; the toolkit has none.
import type { VNode } from 'preact';
import './slider.css';

interface SliderProps {
  label: string;
  value: number;
  min: number;
  max: number;
  step: number;
  /** As read beside the slider and by screen readers. */
  text: string;
  onInput: (value: number) => void;
}

export function Slider({ label, text, onInput, ...range }: SliderProps): VNode {
  const { value, min, max } = range;
  const filled = max > min ? (value - min) / (max - min) : 1;
  return (
    <label class="slider">
      <span>{label}</span>
      <input
        type="range"
        {...range}
        aria-valuetext={text}
        style={{ '--filled': filled }}
        onInput={({ currentTarget }) => {
          onInput(currentTarget.valueAsNumber);
        }}
      />
      <output>{text}</output>
    </label>
  );
}
