// What can go wrong: a closed set of codes with data, and one sentence for each. Code throws a Failure with a
// code; whoever shows it takes `message`.
import { commandSentences, type CommandFailureData } from './commandFailures';
import { experimentSentences, type ExperimentFailureData } from './experimentFailures';
import { inputSentences, type InputFailureData } from './inputFailures';
import { judgeSentences, type JudgeFailureData } from './judgeFailures';
import { runSentences, type RunFailureData } from './runFailures';
import { trainingSentences, type TrainingFailureData } from './trainingFailures';

export type FailureData = CommandFailureData &
  ExperimentFailureData &
  InputFailureData &
  JudgeFailureData &
  RunFailureData &
  TrainingFailureData;

export type FailureCode = keyof FailureData;

/** A code without a sentence does not compile. */
const sentences: { [Code in FailureCode]: (data: FailureData[Code]) => string } = {
  ...commandSentences,
  ...experimentSentences,
  ...inputSentences,
  ...judgeSentences,
  ...runSentences,
  ...trainingSentences,
};

export class Failure<Code extends FailureCode = FailureCode> extends Error {
  constructor(
    readonly code: Code,
    readonly data: FailureData[Code],
  ) {
    super(sentences[code](data));
    this.name = 'Failure';
  }
}

/** Narrows to all codes at once, which `instanceof` does not. */
export function isFailure(error: unknown): error is Failure {
  return error instanceof Failure;
}
