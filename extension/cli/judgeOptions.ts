// Options of commands that let a judge grade answers, and the judge that they name.
import type { Command } from 'commander';
import { JudgeEndpoint } from '../evaluation/judge/endpoint';
import type { Judge } from '../evaluation/judge/judge';
import { judgeKeyOf } from '../evaluation/judge/judgeKey';
import { LineJudge } from '../evaluation/judge/lineJudge';
import { Failure } from '../shared/failures';
import { wholeNumber } from './arguments';

export interface JudgeOptions {
  judge?: string;
  judgeModel?: string;
  judgeTimeout: number;
  judgeTries: number;
  judgeConcurrency: number;
}

/** Replies come over the command's own input and output. */
const overStreams = 'stdio';

export const judgeHelp = `
The judge is asked over OpenAI's chat completions, which vLLM, llama.cpp, Ollama and most providers speak. Its key is
read from ADAPTER_LAB_JUDGE_KEY, or else OPENAI_API_KEY, and is written nowhere. "--judge stdio" asks on stdout
instead, {"ask": 1, "messages": [...]} a line, and reads {"ask": 1, "text": "..."} from stdin.
`;

export function addJudgeOptions(command: Command): Command {
  return command
    .option('--judge <url>', 'base URL of the judge, e.g. http://localhost:8000/v1; or stdio')
    .option('--judge-model <name>', "the judge's model")
    .option('--judge-timeout <s>', 'seconds for one reply', wholeNumber('--judge-timeout', 1), 120)
    .option(
      '--judge-tries <n>',
      'requests before it is given up',
      wholeNumber('--judge-tries', 1),
      5,
    )
    .option(
      '--judge-concurrency <n>',
      'requests under way at a time',
      wholeNumber('--judge-concurrency', 1),
      4,
    );
}

export interface OpenedJudge {
  judge: Judge;
  concurrency: number;
  close: () => void;
}

/** Undefined where none is named; half of a judge is refused. */
export function openJudge(options: JudgeOptions): OpenedJudge | undefined {
  const { judge: url, judgeModel: model, judgeConcurrency: concurrency } = options;
  if (url === undefined && model === undefined) return undefined;
  if (url === undefined || model === undefined || model.trim() === '') {
    const problem = 'needs both: --judge with its URL and --judge-model with its name';
    throw new Failure('judge-invalid', { what: 'A judge', problem });
  }
  if (url === overStreams) {
    const judge = new LineJudge(model, process.stdin, process.stdout);
    const close = (): void => {
      judge.close();
    };
    return { judge, concurrency, close };
  }
  const key = judgeKeyOf(process.env);
  const judge = new JudgeEndpoint({
    ...{ url, model, tries: options.judgeTries, timeoutMs: 1000 * options.judgeTimeout },
    ...(key !== undefined && { key }),
  });
  return { judge, concurrency, close: () => undefined };
}
