// Colours and fonts of charts, from the editor's theme; charts are told when it changes.

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

const seriesNames = ['blue', 'orange', 'green', 'purple', 'red', 'yellow'];

/** For style sheets and legends: as `ChartTheme.series` has it. */
export function seriesColor(index: number): string {
  const name = seriesNames[index % seriesNames.length] ?? 'blue';
  return `var(--vscode-charts-${name}, var(--vscode-foreground))`;
}

/** A colour that lets so much of what is behind it through. */
export function faded(color: string, opacity: number): string {
  return `color-mix(in srgb, ${color} ${Math.round(100 * opacity)}%, transparent)`;
}

export function readTheme(): ChartTheme {
  const style = getComputedStyle(document.documentElement);
  const value = (name: string, otherwise: string): string =>
    style.getPropertyValue(`--vscode-${name}`).trim() || otherwise;
  const foreground = value('editor-foreground', '#888');
  const isHighContrast = document.body.classList.contains('vscode-high-contrast');
  const muted = isHighContrast ? foreground : value('descriptionForeground', foreground);
  return {
    foreground,
    muted,
    grid: faded(muted, isHighContrast ? 0.3 : 0.18),
    background: value('editor-background', 'transparent'),
    series: seriesNames.map((name) => value(`charts-${name}`, foreground)),
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

export function prefersReducedMotion(): boolean {
  return window.matchMedia('(prefers-reduced-motion: reduce)').matches;
}
