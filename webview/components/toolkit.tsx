// The one place that knows @vscode/webview-ui-toolkit: its elements as components. A successor replaces this file.
import {
  provideVSCodeDesignSystem,
  vsCodeButton,
  vsCodeCheckbox,
  vsCodeDropdown,
  vsCodeOption,
  vsCodeProgressRing,
  vsCodeTextField,
} from '@vscode/webview-ui-toolkit';
import { h, type ComponentChildren, type VNode } from 'preact';

provideVSCodeDesignSystem().register(
  vsCodeButton(),
  vsCodeCheckbox(),
  vsCodeDropdown(),
  vsCodeOption(),
  vsCodeProgressRing(),
  vsCodeTextField(),
);

/** JSX knows no custom elements. */
function element(name: string, props: object, children?: ComponentChildren): VNode {
  return h(name, props, children);
}

interface ButtonProps {
  onClick: () => void;
  /** Of codicons, without the prefix. */
  icon?: string;
  kind?: 'primary' | 'secondary';
  disabled?: boolean;
  /** Of a button that opens something. */
  expanded?: boolean;
  children: ComponentChildren;
}

export function Button(props: ButtonProps): VNode {
  const { kind = 'secondary', icon, expanded, children, ...rest } = props;
  const state = expanded === undefined ? {} : { 'aria-expanded': String(expanded) };
  return element('vscode-button', { appearance: kind, ...state, ...rest }, [
    icon !== undefined && (
      <span key="icon" slot="start" class={`codicon codicon-${icon}`} aria-hidden="true" />
    ),
    children,
  ]);
}

interface IconButtonProps {
  /** Of codicons, without the prefix. */
  icon: string;
  /** For the tooltip and for screen readers. */
  label: string;
  onClick: () => void;
  pressed?: boolean;
  disabled?: boolean;
}

export function IconButton({ icon, label, onClick, pressed, disabled }: IconButtonProps): VNode {
  const state = pressed === undefined ? {} : { 'aria-pressed': String(pressed) };
  return element(
    'vscode-button',
    { appearance: 'icon', title: label, 'aria-label': label, onClick, disabled, ...state },
    <span class={`codicon codicon-${icon}`} aria-hidden="true" />,
  );
}

interface CheckboxProps {
  checked: boolean;
  onChange: (checked: boolean) => void;
  children: ComponentChildren;
}

export function Checkbox({ checked, onChange, children }: CheckboxProps): VNode {
  const change = ({ target }: { target: { checked: boolean } }): void => {
    // The element tells of changes made by us as well.
    if (target.checked !== checked) onChange(target.checked);
  };
  return element('vscode-checkbox', { checked, onChange: change }, children);
}

interface DropdownProps {
  label: string;
  value: string;
  options: readonly { value: string; text: string }[];
  onChange: (value: string) => void;
}

export function Dropdown({ label, value, options, onChange }: DropdownProps): VNode {
  const change = ({ target }: { target: { value: string } }): void => {
    if (target.value !== value) onChange(target.value);
  };
  return element(
    'vscode-dropdown',
    { 'aria-label': label, title: label, value, onChange: change },
    options.map((option) =>
      element(
        'vscode-option',
        { key: option.value, value: option.value, selected: option.value === value },
        option.text,
      ),
    ),
  );
}

interface TextFieldProps {
  label: string;
  value: string;
  placeholder?: string;
  onInput: (value: string) => void;
}

export function TextField({ label, value, placeholder, onInput }: TextFieldProps): VNode {
  const input = ({ target }: { target: { value: string } }): void => {
    onInput(target.value);
  };
  return element('vscode-text-field', { 'aria-label': label, value, placeholder, onInput: input });
}

export function ProgressRing(): VNode {
  return element('vscode-progress-ring', {});
}
