// adapter-lab: the command line, for shells, clusters and continuous integration.
import { Command, CommanderError } from 'commander';
import { Failure } from '../shared/failures';
import { addCompare } from './compare';
import { addDevices } from './devices';
import { addDrive } from './drive';
import { addEvaluate } from './evaluate';
import { addExperiments } from './experiments';
import { addGenerate } from './generate';
import { addInspect } from './inspect';
import { addJudge } from './judge';
import { addLoss } from './loss';
import { addMerge } from './merge';
import { addModels } from './models';
import { addNew } from './new';
import { exitCodes, tellFailure } from './output';
import { addPlayground } from './playground';
import { addResume } from './resume';
import { addRuns } from './runs';
import { addSlopes } from './slopes';
import { addTasks } from './tasks';
import { addTrain } from './train';

const examples = `
Examples:
  adapter-lab train starter.experiment.json
  adapter-lab train boolq.experiment.json --set training.steps=20 --set method=lora
  adapter-lab runs
  adapter-lab evaluate models/smollm2 --adapter runs/ID/checkpoints/step-000200 --tasks boolq --data data
  adapter-lab slopes models/smollm2 runs/ID/checkpoints/step-000200

Every command takes --json: one JSON object on stdout, progress and errors on stderr.
Exit codes: 0 done, 1 the work failed, 2 the input was refused.
`;

function makeProgram(): Command {
  const program = new Command('adapter-lab');
  program
    .description('Train, watch and diagnose LoRA, DoRA and full fine-tuning. No Python.')
    .version(process.env.ADAPTER_LAB_VERSION ?? 'development')
    .showSuggestionAfterError()
    .exitOverride()
    .configureOutput({ writeErr: () => undefined })
    .addHelpText('after', examples);
  const train = [addNew, addTrain, addInspect, addResume, addRuns, addExperiments];
  const use = [
    addEvaluate,
    addCompare,
    addJudge,
    addTasks,
    addLoss,
    addGenerate,
    addPlayground,
    addSlopes,
    addMerge,
    addModels,
  ];
  for (const addCommand of [...train, ...use, addDevices, addDrive]) addCommand(program);
  return program;
}

/** Commander's own refusals, as ours are told: one sentence. */
function asRefusal(error: unknown): unknown {
  if (!(error instanceof CommanderError)) return error;
  const problem = error.message
    .replace(/^error: /, '')
    .replace(/\n\((.*)\)$/, ' ($1)')
    .replace(/\.$/, '');
  return new Failure('command-invalid', {
    problem: problem.charAt(0).toUpperCase() + problem.slice(1),
  });
}

async function main(): Promise<void> {
  const program = makeProgram();
  const options = { json: process.argv.includes('--json') };
  try {
    if (process.argv.length <= 2) {
      program.outputHelp();
      process.exitCode = exitCodes.refused;
      return;
    }
    await program.parseAsync();
  } catch (error) {
    // Help and version were asked for and are printed.
    if (error instanceof CommanderError && error.exitCode === 0) return;
    tellFailure(options, asRefusal(error));
  }
}

// A reader of our output that has left, such as `head`, is no failure of ours.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  process.exit(error.code === 'EPIPE' ? exitCodes.done : exitCodes.failed);
});

void main();
