// Two results files as one comparison: by the questions that both were asked, with the same prompt.
import type { TaskPair } from '../shared/statistics/compared';
import { pairAnswers } from '../shared/statistics/pairedComparison';
import { groupOfTask } from '../shared/taskGroups';
import type { AnswerEntry } from './answerIndex';
import { readAskedTask } from './askedTask';
import type { ResultsReader } from './results';

/** One prompt may stand in a file more than once. */
export function questionKey({ index, promptHash }: AnswerEntry): string {
  return `${index} ${promptHash}`;
}

export async function pairResults(
  results: ResultsReader,
  task: string,
  files: { first: string; second: string },
): Promise<TaskPair> {
  const [answer] = await results.answers(files.first);
  const first = await byQuestion(results, files.first);
  const second = await byQuestion(results, files.second);
  const counts = pairAnswers(first, second);
  const asked = await readAskedTask(files.first);
  return {
    ...{
      task,
      group: groupOfTask({ task, ...asked }),
      counts,
      firstAsked: first.size,
      secondAsked: second.size,
    },
    ...(answer?.protocol && { protocol: answer.protocol }),
  };
}

async function byQuestion(results: ResultsReader, file: string): Promise<Map<string, boolean>> {
  const entries = await results.answers(file);
  return new Map(entries.map((entry) => [questionKey(entry), entry.correct]));
}
