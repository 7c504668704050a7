// Why answers were not judged, and the sentence for each.

export interface JudgeFailureData {
  'judge-missing': { task: string };
  'judge-invalid': { what: string; problem: string };
  'judge-unreachable': { judge: string; problem: string };
  'judge-declined': { judge: string; problem: string };
  'judge-refused': { judge: string; problem: string };
  'answers-missing': { place: string };
}

type Sentences<Data> = { [Code in keyof Data]: (data: Data[Code]) => string };

export const judgeSentences: Sentences<JudgeFailureData> = {
  'judge-missing': ({ task }) =>
    `The answers to ${task} need a judge: name one with --judge URL and --judge-model NAME, or say --judge-later.`,
  'judge-invalid': ({ what, problem }) => `${what} ${problem}.`,
  'judge-unreachable': ({ judge, problem }) => `The judge ${judge} cannot be reached: ${problem}.`,
  'judge-declined': ({ judge, problem }) =>
    `The judge ${judge} would not take a conversation: ${problem}.`,
  'judge-refused': ({ judge, problem }) => `The judge ${judge} refuses to judge: ${problem}.`,
  'answers-missing': ({ place }) =>
    `${place} holds no answers to judge: evaluate a judged task into it first.`,
};
