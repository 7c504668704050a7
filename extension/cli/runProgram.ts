// Runs a program of subcommands: what commander refuses is told as our own refusals are, in one sentence.
import { Command, CommanderError } from 'commander';
import { Failure } from '../shared/failures';
import { exitCodes, tellFailure } from './output';

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

type AddCommand = (program: Command) => void;

export async function runProgram(commands: readonly AddCommand[]): Promise<void> {
  // A reader of our output that has left, such as `head`, is no failure of ours.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    process.exit(error.code === 'EPIPE' ? exitCodes.done : exitCodes.failed);
  });
  const program = makeProgram(commands);
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

function makeProgram(commands: readonly AddCommand[]): Command {
  const program = new Command('adapter-lab');
  program
    .description('Train, watch and diagnose LoRA, DoRA and full fine-tuning. No Python.')
    .version(process.env.ADAPTER_LAB_VERSION ?? 'development')
    .showSuggestionAfterError()
    .exitOverride()
    .configureOutput({ writeErr: () => undefined })
    .addHelpText('after', examples);
  for (const addCommand of commands) addCommand(program);
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
