// A codicon beside a text that says the same.
import type { VNode } from 'preact';

export function Icon({ name, color }: { name: string; color?: string }): VNode {
  const style = color === undefined ? {} : { color: `var(--vscode-${color.replace('.', '-')})` };
  return <span class={`codicon codicon-${name}`} style={style} aria-hidden="true" />;
}
