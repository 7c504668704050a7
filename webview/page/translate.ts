// The page's strings in the editor's language.
import { page } from './document';

/** As `vscode.l10n.t`: {0}, {1}, ... are replaced by the values. */
export function t(message: string, ...values: (string | number)[]): string {
  const translated = page.l10n[message] ?? message;
  return translated.replace(/\{(\d+)\}/g, (place, index) => String(values[Number(index)] ?? place));
}
