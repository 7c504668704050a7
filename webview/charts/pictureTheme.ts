// The colours of pictures from the editor's theme, and a component's way to follow it.
import { useEffect, useState } from 'preact/hooks';
import { mixColors } from '../../extension/shared/slopes/ramp';
import type { PictureColors } from '../../extension/shared/slopes/scene';
import { onThemeChange, readTheme } from './theme';

export interface PictureTheme {
  colors: PictureColors;
  font: string;
  isHighContrast: boolean;
}

export function usePictureTheme(isPanel: boolean): PictureTheme {
  const [theme, setTheme] = useState(() => readPictureTheme(isPanel));
  useEffect(
    () =>
      onThemeChange(() => {
        setTheme(readPictureTheme(isPanel));
      }),
    [isPanel],
  );
  return theme;
}

function readPictureTheme(isPanel: boolean): PictureTheme {
  const { foreground, muted, background: ofEditor, series, font, isHighContrast } = readTheme();
  const style = getComputedStyle(document.documentElement);
  const ofPanel = style.getPropertyValue('--vscode-panel-background').trim();
  const background = isPanel && ofPanel !== '' ? ofPanel : ofEditor;
  const grid = mixColors(background, foreground, isHighContrast ? 0.35 : 0.13);
  return { colors: { foreground, muted, grid, background, series }, font, isHighContrast };
}
