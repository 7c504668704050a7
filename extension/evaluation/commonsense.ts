// The eight commonsense sets of the DoRA paper, asked and scored as its scripts do.
import type { Task } from './task';

const fiveAnswers = 'answer1|answer2|answer3|answer4|answer5';

function commonsense(name: string, pattern: string): Task {
  return {
    name,
    questions: 'test.json',
    template: 'paper',
    columns: { instruction: 'instruction', input: 'input', answer: 'answer' },
    generation: { beams: 4, maxNewTokens: 32 },
    pattern,
  };
}

export const commonsenseTasks: readonly Task[] = [
  commonsense('boolq', 'true|false'),
  commonsense('piqa', 'solution1|solution2'),
  commonsense('social_i_qa', fiveAnswers),
  commonsense('hellaswag', 'ending1|ending2|ending3|ending4'),
  commonsense('winogrande', 'option1|option2'),
  commonsense('ARC-Easy', fiveAnswers),
  commonsense('ARC-Challenge', fiveAnswers),
  commonsense('openbookqa', fiveAnswers),
];
