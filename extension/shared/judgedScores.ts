// Figures of a judged task from the lines of its two files: mean score by turn and category, and how many answers
// have none. An answer that was not judged is counted and is in no mean.
import type { AnswerLine, Judgement } from './judging/conversationLines';
import { bootstrapInterval } from './statistics/bootstrap';
import type { Interval } from './statistics/interval';
import { average } from './statistics/moments';

export interface ScoreFigure {
  judged: number;
  notJudged: number;
  /** Of the judged answers, 1 to 10; null where there is none. */
  score: number | null;
}

export interface JudgedScores extends ScoreFigure {
  /** 95 %, from questions drawn anew: the answers of one conversation hang together. */
  interval: Interval | null;
  turns: (ScoreFigure & { turn: number })[];
  /** In the order of the questions. */
  categories: (ScoreFigure & { category: string })[];
}

type Scored = Pick<AnswerLine, 'index' | 'turn' | 'category'> & { score: number | null };

/** `judgements`: of one judge alone; those of other answers are passed over. */
export function judgedScores(
  answers: readonly AnswerLine[],
  judgements: readonly Judgement[],
): JudgedScores {
  const scored = withScores(answers, judgements);
  const turns = distinct(scored.map(({ turn }) => turn)).sort((a, b) => a - b);
  const categories = distinct(scored.map(({ category }) => category));
  return {
    ...figureOf(scored),
    interval: intervalOf(scored),
    turns: turns.map((turn) => ({ turn, ...figureOf(scored.filter((one) => one.turn === turn)) })),
    categories: categories.map((category) => ({
      category,
      ...figureOf(scored.filter((one) => one.category === category)),
    })),
  };
}

/** Judges of a file's judgements, the one that was asked last first. */
export function judgesOf(judgements: readonly Judgement[]): string[] {
  return distinct([...judgements].reverse().map(({ judge }) => judge));
}

function withScores(answers: readonly AnswerLine[], judgements: readonly Judgement[]): Scored[] {
  const scores = new Map(judgements.map(({ answerHash, score }) => [answerHash, score]));
  return answers.map((answer) => ({
    index: answer.index,
    turn: answer.turn,
    category: answer.category,
    score: scores.get(answer.answerHash) ?? null,
  }));
}

function figureOf(scored: readonly Scored[]): ScoreFigure {
  const scores = scored.flatMap(({ score }) => (score === null ? [] : [score]));
  return {
    judged: scores.length,
    notJudged: scored.length - scores.length,
    score: scores.length === 0 ? null : average(scores),
  };
}

function intervalOf(scored: readonly Scored[]): Interval | null {
  const questions = new Map<number, { sum: number; judged: number }>();
  for (const { index, score } of scored) {
    if (score === null) continue;
    const { sum, judged } = questions.get(index) ?? { sum: 0, judged: 0 };
    questions.set(index, { sum: sum + score, judged: judged + 1 });
  }
  const totals = [...questions.values()];
  const mean = (drawn: readonly number[]): number => {
    let [sum, judged] = [0, 0];
    for (const i of drawn) {
      sum += totals[i]?.sum ?? 0;
      judged += totals[i]?.judged ?? 0;
    }
    return sum / judged;
  };
  return bootstrapInterval([...totals.keys()], { statistic: mean }) ?? null;
}

function distinct<Value>(values: readonly Value[]): Value[] {
  return [...new Set(values)];
}
