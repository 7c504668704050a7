// Lines of answers and judgements for the suites of this folder.
import type { AnswerLine, Judgement } from '../../../extension/shared/judging/conversationLines';
import { wordingVersion } from '../../../extension/shared/judging/judgePrompt';

export function answerLine(changes: Partial<AnswerLine> = {}): AnswerLine {
  const { index = 0, turn = 1 } = changes;
  return {
    ...{ index, turn, id: String(101 + index), category: 'writing' },
    ...{ question: `Question ${index}, turn ${turn}?`, text: `Answer ${index}.${turn}` },
    ...{ tokens: [1, 2], prompt: 'p', promptHash: 'ph', model: 'model-a' },
    answerHash: `answer-${index}-${turn}`,
    ...changes,
  };
}

export function judgement(
  index: number,
  turn: number,
  score: number | null,
  changes: Partial<Judgement> = {},
): Judgement {
  return {
    ...{ index, turn, judge: 'judge-a', score, text: `It is so.\n[[${score ?? '?'}]]`, tries: 1 },
    ...(score === null && { problem: 'no-score' as const }),
    answerHash: `answer-${index}-${turn}`,
    promptHash: `asked-${index}-${turn}`,
    wording: wordingVersion,
    ...changes,
  };
}

export function asText(lines: readonly object[]): string {
  return lines.map((line) => `${JSON.stringify(line)}\n`).join('');
}
