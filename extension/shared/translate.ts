/** `vscode.l10n.t` in the editor; models take it as a value, so that they run without VS Code. */
export type Translate = (message: string, ...values: (string | number)[]) => string;

/** Where there is no translation: terminals, scripts, files that tools read. */
export const untranslated: Translate = (message, ...values) =>
  message.replace(/\{(\d+)\}/g, (place, index) => String(values[Number(index)] ?? place));
