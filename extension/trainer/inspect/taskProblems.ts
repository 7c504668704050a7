// The tasks of a run: each by itself.
import { dirname } from 'node:path';
import { readOneTask } from '../../evaluation/taskQuestions';
import type { TokenizerFolder } from '../../model/tokenizer';
import type { ExperimentSettings } from '../../shared/experiment';
import { questionsAtATime } from '../evaluateRun';
import type { GenerationSize } from '../memory/activationBytes';
import { nearPath } from './nearPath';
import { addProblem, attempt, inFolder, type CheckContext } from './runChecks';

/** Questions whose prompts are tokenised. */
const mostMeasured = 160;

/** The largest round of questions of each task that can be asked. */
export async function checkTasks(
  context: CheckContext,
  { evaluation }: ExperimentSettings,
  tokenizer: TokenizerFolder | undefined,
): Promise<GenerationSize[]> {
  const folder = inFolder(context, evaluation.data);
  const sizes: GenerationSize[] = [];
  for (const [index, name] of evaluation.tasks.entries()) {
    if (name === '?') continue;
    const setting = `evaluation.tasks.${index}`;
    const asked = await attempt(
      () => readOneTask(name, folder, evaluation.limit),
      (failure) => {
        const { nearest } = failure.data as { nearest?: string };
        const isMissing = failure.code === 'file-missing';
        const isFolder = isMissing && context.run.explicit.has('evaluation.data');
        const meant = isFolder ? nearPath(evaluation.data, dirname(context.file)) : undefined;
        if (meant !== undefined) {
          addProblem(context, failure, { setting: 'evaluation.data', nearest: meant });
        } else addProblem(context, failure, { setting, nearest });
      },
    );
    // Log-likelihoods keep no cache of a round of beams.
    if (asked?.protocol !== 'generation' || tokenizer === undefined) continue;
    const { beams, maxNewTokens } = asked.task.generation;
    const prompts = asked.questions.slice(0, mostMeasured).map(({ prompt }) => prompt);
    const round = largestRound(prompts, tokenizer);
    sizes.push({ ...round, beams, newTokens: maxNewTokens });
  }
  return sizes;
}

function largestRound(
  prompts: readonly string[],
  { tokenizer }: TokenizerFolder,
): { prompts: number; promptTokens: number } {
  const lengths = prompts.map((prompt) => tokenizer.encode(prompt).length);
  let most = { prompts: 0, promptTokens: 0 };
  for (let first = 0; first < lengths.length; first += questionsAtATime) {
    const round = lengths.slice(first, first + questionsAtATime);
    const promptTokens = round.reduce((sum, length) => sum + length, 0);
    if (promptTokens > most.promptTokens) most = { prompts: round.length, promptTokens };
  }
  return most;
}
