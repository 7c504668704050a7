// Has the command line judge the answers of one place, in a process of its own, with progress that can be cancelled.
// What was graded stays; the same judge goes on from there.
import { l10n } from 'vscode';
import { cancellableWork } from '../cancellableWork';
import { refusalOf } from '../refusal';
import type { Services } from '../services';
import type { ChosenJudge } from './judgeChoice';
import { judgingProgress } from './judgingProgress';
import { replyTo } from './lentModel';

/** A run, a folder of results or a file of answers. */
export interface JudgedPlace {
  title: string;
  path: string;
}

/** Undefined if the user ended it; `problem`: why some answers could not be judged. */
export async function runJudging(
  { programs, output }: Services,
  { title, path }: JudgedPlace,
  judge: ChosenJudge,
): Promise<{ problem?: string } | undefined> {
  const [url, model] =
    'lent' in judge ? ['stdio', judge.lent.name] : [judge.endpoint.url, judge.endpoint.model];
  const parameters = [
    ...['judge', path, '--judge', url, '--judge-model', model],
    ...['--progress', 'json', '--json'],
  ];
  output.info(parameters.join(' '));
  const text = l10n.t('Judging {0} by {1}', title, model);
  const result = await cancellableWork(text, ({ signal, report }) =>
    programs.run(parameters, {
      signal,
      onErrorLine: (line) => {
        const now = judgingProgress(line, l10n.t);
        if (now !== undefined) report(now.share, now.text);
      },
      ...('lent' in judge
        ? {
            onOutputLine: (line: string, reply: (line: string) => void) => {
              void replyTo(line, judge.lent, signal).then((answer) => {
                if (answer !== undefined) reply(answer);
              });
            },
          }
        : judge.key !== '' && { variables: { ADAPTER_LAB_JUDGE_KEY: judge.key } }),
    }),
  );
  if (result === undefined) return undefined;
  // What was asked of a lent model stands before the outcome.
  const last = result.stdout.trimEnd().split('\n').at(-1) ?? '';
  if (result.code === 0) return {};
  const { problem } = outcomeOf(last);
  if (problem !== undefined) return { problem };
  throw new Error(refusalOf(last, result.stderr).message);
}

function outcomeOf(text: string): { problem?: string } {
  try {
    return JSON.parse(text) as { problem?: string };
  } catch {
    return {};
  }
}
