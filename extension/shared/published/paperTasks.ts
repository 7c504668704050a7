// The eight commonsense sets of the paper, in the order and with the names of its Table 1.

export interface PaperTask {
  /** As the task is called in experiments. */
  task: string;
  /** As the table heads its column. */
  heading: string;
  /** Questions of the whole test set. */
  questions: number;
}

export const paperTasks: readonly PaperTask[] = [
  { task: 'boolq', heading: 'BoolQ', questions: 3270 },
  { task: 'piqa', heading: 'PIQA', questions: 1838 },
  { task: 'social_i_qa', heading: 'SIQA', questions: 1954 },
  { task: 'hellaswag', heading: 'HellaS', questions: 10042 },
  { task: 'winogrande', heading: 'WinoG', questions: 1267 },
  { task: 'ARC-Easy', heading: 'ARC-e', questions: 2376 },
  { task: 'ARC-Challenge', heading: 'ARC-c', questions: 1172 },
  { task: 'openbookqa', heading: 'OBQA', questions: 500 },
];
