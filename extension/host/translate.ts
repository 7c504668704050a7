/** `vscode.l10n.t` in the editor; models take it as a value, so that they run without VS Code. */
export type { Translate } from '../shared/translate';
