// Second half of a judged task: a judge grades every answer that it has not graded yet. What it wrote is appended as
// it comes, so that a killed judging goes on where it was. A reply without a score is asked for again, then kept as
// not judged; an answer that the judge could not be asked about leaves no line and is asked about the next time.
import { isFailure } from '../../shared/failures';
import {
  currentJudgements,
  judgementKey,
  type AnswerLine,
  type Judgement,
} from '../../shared/judging/conversationLines';
import {
  askedAgain,
  judgeMessages,
  wordingVersion,
  type ChatTurn,
} from '../../shared/judging/judgePrompt';
import { readVerdict } from '../../shared/judging/verdict';
import { shortHash } from '../hash';
import type { Judge } from './judge';
import { LineLog, readIfThere } from '../../runs/lineLog';

/** Replies without a score before an answer is left not judged. */
export const verdictTries = 3;
/** Answers in a row that the judge could not be asked about before the others are not tried. */
const hopelessAfter = 3;

export interface JudgingProgress {
  done: number;
  answers: number;
  notJudged: number;
}

export interface JudgingSettings {
  /** The file of judgements, appended to. */
  file: string;
  /** Requests under way at a time. */
  concurrency: number;
  /** Also those that were kept as not judged. */
  again?: boolean;
  onProgress?: (progress: JudgingProgress) => void;
  signal: AbortSignal;
}

export interface Judged {
  /** By this judge, of these answers. */
  judgements: Judgement[];
  /** Why some have none. */
  problem?: string;
}

interface OpenAnswer {
  answer: AnswerLine;
  messages: ChatTurn[];
  promptHash: string;
}

/** `answers`: all turns of each conversation. */
export async function judgeAnswers(
  answers: readonly AnswerLine[],
  judge: Judge,
  settings: JudgingSettings,
): Promise<Judged> {
  const known = new Map(
    currentJudgements(readIfThere(settings.file)).map((line) => [judgementKey(line), line]),
  );
  const all = answers.map((answer) => openAnswer(answer, answers));
  const knownOf = ({ promptHash }: OpenAnswer): Judgement | undefined => {
    const line = known.get(judgementKey({ judge: judge.name, promptHash }));
    return line?.score === null && settings.again === true ? undefined : line;
  };
  const judgements = all.flatMap((one) => knownOf(one) ?? []);
  const open = all.filter((one) => knownOf(one) === undefined);
  const report = (): void =>
    settings.onProgress?.({
      done: judgements.length,
      answers: answers.length,
      notJudged: judgements.filter(({ score }) => score === null).length,
    });
  report();
  if (open.length === 0) return { judgements };
  const log = new LineLog<Judgement>(settings.file);
  const failures = new FailureCount();
  const work = async (): Promise<void> => {
    for (let one = open.shift(); one !== undefined && !failures.isHopeless; one = open.shift()) {
      settings.signal.throwIfAborted();
      try {
        const judgement = await judgeOne(one, judge, settings.signal);
        log.append([judgement]);
        judgements.push(judgement);
        failures.none();
        report();
      } catch (error) {
        failures.add(error);
      }
    }
  };
  try {
    const workers = Math.min(settings.concurrency, open.length);
    const ended = await Promise.allSettled(Array.from({ length: workers }, work));
    const broken = ended.find((one) => one.status === 'rejected');
    if (broken !== undefined) throw broken.reason;
  } finally {
    log.close();
  }
  return { judgements, ...(failures.problem !== undefined && { problem: failures.problem }) };
}

/** What kept the judge from being asked. Anything but the judge's own failures is thrown on. */
class FailureCount {
  problem: string | undefined;
  isHopeless = false;
  private inRow = 0;

  none(): void {
    this.inRow = 0;
  }

  add(error: unknown): void {
    const code = isFailure(error) ? error.code : undefined;
    if (code?.startsWith('judge-') !== true) throw error;
    this.problem = (error as Error).message;
    this.inRow += 1;
    if (code === 'judge-refused' || this.inRow >= hopelessAfter) this.isHopeless = true;
  }
}

function openAnswer(answer: AnswerLine, answers: readonly AnswerLine[]): OpenAnswer {
  const turns = answers
    .filter(({ index, turn }) => index === answer.index && turn <= answer.turn)
    .map(({ question, text, reference }) => ({
      ...{ question, answer: text },
      ...(reference !== undefined && { reference }),
    }));
  // Set apart by something that nobody who writes an answer can know.
  const mark = shortHash(JSON.stringify(turns)).slice(0, 8);
  const messages = judgeMessages(turns, mark);
  return { answer, messages, promptHash: shortHash(JSON.stringify([messages, answer.answerHash])) };
}

async function judgeOne(
  { answer, messages, promptHash }: OpenAnswer,
  judge: Judge,
  signal: AbortSignal,
): Promise<Judgement> {
  const { index, turn, answerHash } = answer;
  let asked = messages;
  for (let tries = 1; ; tries += 1) {
    const { text, served } = await judge.ask(asked, signal);
    const verdict = readVerdict(text);
    const isScored = 'score' in verdict;
    if (isScored || tries >= verdictTries) {
      return {
        ...{ index, turn, judge: judge.name },
        ...(served !== undefined && { served }),
        ...(isScored ? { score: verdict.score } : { score: null, problem: verdict.problem }),
        ...{ text, tries, answerHash, promptHash, wording: wordingVersion },
      };
    }
    asked = askedAgain(messages, text);
  }
}
