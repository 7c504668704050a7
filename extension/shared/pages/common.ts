// What every page may ask of the extension host, and what a page is opened with. Each page adds its own methods
// and events in a file beside this one; calls, replies and messages derive from them (rpc.ts).

export const pageKinds = ['run', 'accuracy', 'slopes', 'compare', 'playground', 'figures'] as const;
export type PageKind = (typeof pageKinds)[number];

/** Commands of the extension that a page may run, on a run's or a checkpoint's folder. */
export const pageCommands = [
  'stop',
  'resume',
  'showLog',
  'showProfile',
  'revealRunFolder',
  'openRun',
  'openSlopes',
  'diagnose',
  'exportAdapter',
  'mergeAdapter',
  'continueFromHere',
  'compare',
  'evaluate',
  'evaluateModel',
  'openAccuracy',
  'openFigures',
  'newFromTemplate',
  'tryInPlayground',
] as const;
export type PageCommand = (typeof pageCommands)[number];

/** A file that the user saves: text, or bytes in base64. */
export interface ExportFile {
  /** Proposed, with its extension. */
  name: string;
  text?: string;
  base64?: string;
}

export interface CommonMethods {
  /** Runs a command of the extension; folders are absolute. */
  run(command: PageCommand, ...folders: string[]): void;
  /** Asks where to save; false if the user changed their mind. */
  save(file: ExportFile): boolean;
  copy(text: string): void;
}

/** A page's script finds these in its document. */
export interface PageDocument {
  kind: PageKind;
  /** What the page is about; it keeps it for a reload of the window. */
  given: unknown;
  /** True in the bottom panel, where room is short. */
  isPanel: boolean;
  /** Translated strings, by their English text. */
  l10n: Record<string, string>;
}
