// A whole number that is typed; what is none, or out of its range, changes nothing.
import type { VNode } from 'preact';

interface NumberFieldProps {
  label: string;
  value: number;
  min: number;
  max: number;
  onChange: (value: number) => void;
}

export function NumberField({ label, value, min, max, onChange }: NumberFieldProps): VNode {
  return (
    <label class="number-field">
      <span>{label}</span>
      <input
        type="number"
        {...{ value, min, max, step: 1 }}
        onChange={({ currentTarget }) => {
          const typed = currentTarget.valueAsNumber;
          if (Number.isInteger(typed) && typed >= min && typed <= max) onChange(typed);
          else currentTarget.value = String(value);
        }}
      />
    </label>
  );
}
