// Colours and fonts of charts, from the editor's theme; charts are told when it changes.
import './series.css';

export interface ChartTheme {
  foreground: string;
  muted: string;
  grid: string;
  background: string;
  /** For series, told apart also by dash and marker. */
  series: string[];
  font: string;
  isHighContrast: boolean;
}

/** Of series.css. */
const seriesNames = [1, 2, 3, 4, 5, 6].map((place) => `--series-${place}`);

/** For style sheets and legends: as `ChartTheme.series` has it. */
export function seriesColor(index: number): string {
  return `var(--series-${(index % seriesNames.length) + 1})`;
}

/** A colour that lets so much of what is behind it through. */
export function faded(color: string, opacity: number): string {
  return `color-mix(in srgb, ${color} ${Math.round(100 * opacity)}%, transparent)`;
}

export function readTheme(): ChartTheme {
  const style = getComputedStyle(document.body);
  const property = (name: string, otherwise: string): string =>
    style.getPropertyValue(name).trim() || otherwise;
  const value = (name: string, otherwise: string): string =>
    property(`--vscode-${name}`, otherwise);
  const foreground = value('editor-foreground', '#888');
  const isHighContrast = document.body.classList.contains('vscode-high-contrast');
  const muted = isHighContrast ? foreground : value('descriptionForeground', foreground);
  return {
    foreground,
    muted,
    grid: faded(muted, isHighContrast ? 0.3 : 0.18),
    background: value('editor-background', 'transparent'),
    series: seriesNames.map((name) => property(name, foreground)),
    font: value('font-family', 'sans-serif'),
    isHighContrast,
  };
}

/** Calls back when the user takes another theme; returns how to stop that. */
export function onThemeChange(listener: () => void): () => void {
  const observer = new MutationObserver(listener);
  observer.observe(document.body, { attributeFilter: ['class', 'data-vscode-theme-id'] });
  observer.observe(document.documentElement, { attributeFilter: ['style'] });
  return () => {
    observer.disconnect();
  };
}
