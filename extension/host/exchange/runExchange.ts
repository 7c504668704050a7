// Commands of the command line that write a folder or a file: with progress, and nothing stays of one that is ended.
import * as vscode from 'vscode';
import { cancellableWork } from '../cancellableWork';
import { refusalOf } from '../refusal';
import type { Services } from '../services';
import { shareOf } from './shareOf';

/** Whether it was written; false if the user ended it. What the command line refuses is thrown, with its sentence. */
export async function runExchange(
  { programs, output }: Services,
  title: string,
  parameters: readonly string[],
): Promise<boolean> {
  const all = [...parameters, '--progress', 'json', '--json'];
  output.info(all.join(' '));
  const result = await cancellableWork(title, ({ signal, report }) => {
    const onErrorLine = (line: string): void => {
      const share = shareOf(line);
      if (share !== undefined) report(share, `${Math.floor(share * 100)} %`);
    };
    return programs.run(all, { signal, onErrorLine });
  });
  if (result === undefined) return false;
  if (result.code !== 0) throw new Error(refusalOf(result.stdout, result.stderr).message);
  const { warning } = JSON.parse(result.stdout) as { warning?: string };
  // Not waited for: the work is done.
  if (warning !== undefined) void vscode.window.showWarningMessage(warning);
  return true;
}
