// The strings that are shown in the editor's language: every first argument of a `t(...)` call in the sources of
// host and pages. `npm run l10n` writes them for translators; a unit test holds the file against the sources.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

export interface TranslatedCall {
  file: string;
  /** From 1. */
  line: number;
  /** Undefined where it is no literal: nobody could translate that. */
  message: string | undefined;
  /** Of the call, for the places {0}, {1}, ...; undefined where they are spread. */
  values: number | undefined;
}

/** What may show text to users. */
const folders = ['extension/host', 'extension/shared', 'webview'];
const files = ['extension/extension.ts'];

export const bundlePath = join('media', 'l10n', 'bundle.l10n.json');

export function translatedCalls(root: string): TranslatedCall[] {
  const sources = folders.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.tsx?$/.test(name))
      .map((name) => join(folder, name)),
  );
  return [...files, ...sources]
    .sort()
    .flatMap((file) => callsIn(file, readFileSync(join(root, file), 'utf8')));
}

export function callsIn(file: string, text: string): TranslatedCall[] {
  const kind = file.endsWith('x') ? ts.ScriptKind.TSX : ts.ScriptKind.TS;
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true, kind);
  const calls: TranslatedCall[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && isTranslate(node.expression)) {
      const [message, ...values] = node.arguments;
      calls.push({
        file,
        line: source.getLineAndCharacterOfPosition(node.getStart()).line + 1,
        message:
          message !== undefined && ts.isStringLiteralLike(message) ? message.text : undefined,
        values: values.some((value) => ts.isSpreadElement(value)) ? undefined : values.length,
      });
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return calls;
}

/** `t`, `l10n.t`, `vscode.l10n.t`, `context.t` */
function isTranslate(callee: ts.Expression): boolean {
  if (ts.isIdentifier(callee)) return callee.text === 't';
  return ts.isPropertyAccessExpression(callee) && callee.name.text === 't';
}

/** As VS Code reads it: the English text to itself. */
export function bundleText(calls: readonly TranslatedCall[]): string {
  const messages = calls.flatMap(({ message }) => message ?? []);
  const sorted = [...new Set(messages)].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  const bundle = Object.fromEntries(sorted.map((message) => [message, message]));
  return `${JSON.stringify(bundle, undefined, 2)}\n`;
}
