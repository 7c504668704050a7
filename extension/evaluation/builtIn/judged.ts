// MT-Bench: conversations of two turns, graded from 1 to 10. Its questions are not part of this product: put the
// published question.jsonl into data/mt_bench. Temperatures by category are the benchmark's own.
import type { TaskFile } from '../../shared/taskFile';

export const judgedTasks: Readonly<Record<string, TaskFile>> = {
  mt_bench: {
    title: 'MT-Bench',
    protocol: 'judged',
    questions: 'question.jsonl',
    generation: { temperatures: { writing: 0.7, roleplay: 0.7, stem: 0.1, humanities: 0.1 } },
  },
};
