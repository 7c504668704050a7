// The hovers of the sidebar, in the colours of the active theme.
import * as vscode from 'vscode';
import type { CheckpointView, RunDetails } from './runDetails';
import type { RunView } from './runModel';
import { checkpointTooltip, runTooltip } from './runTooltip';
import type { SparklineInk } from './sparkline';

const { l10n } = vscode;
const { Dark, HighContrast, HighContrastLight, Light } = vscode.ColorThemeKind;

/** As near as a picture comes to the charts' blue and orange of each kind of theme. */
const inks: Record<vscode.ColorThemeKind, SparklineInk> = {
  [Light]: { training: '#1a73c7', validation: '#b8520a', frame: '#b0b0b0', text: '#5a5a5a' },
  [Dark]: { training: '#59a4f9', validation: '#e0894a', frame: '#6b6b6b', text: '#b0b0b0' },
  [HighContrast]: { training: '#4fc1ff', validation: '#ffb454', frame: '#ffffff', text: '#ffffff' },
  [HighContrastLight]: {
    training: '#0f4a85',
    validation: '#8a3c00',
    frame: '#292929',
    text: '#292929',
  },
};

export function runHover(view: RunView, details: RunDetails): vscode.MarkdownString {
  const ink = inks[vscode.window.activeColorTheme.kind];
  return new vscode.MarkdownString(
    runTooltip(view, details, { now: new Date(), t: l10n.t, ink }),
    true,
  );
}

export function checkpointHover(checkpoint: CheckpointView): vscode.MarkdownString {
  return new vscode.MarkdownString(checkpointTooltip(checkpoint, l10n.t), true);
}
