// adapter-lab playground: answers prompts over standard input and output, as the editor's playground asks it to
// (shared/playground.ts). It ends when its input does: it never outlives the window that started it.
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import type { Command } from 'commander';
import type { PlaygroundEvent } from '../shared/playground';
import type { DeviceWish } from '../trainer/devices/chooseDevice';
import { deviceOption, gpuOption, threadsOption } from './arguments';
import { exitCodes } from './output';
import { EngineGenerator } from './playground/engineGenerator';
import { EnginePool } from './playground/enginePool';
import { PreparedModels } from './playground/preparedModel';
import { readRequest } from './playground/readRequest';
import { Round, type AskRequest } from './playground/round';

/** For the answer that is being written when the input ends. */
const graceMs = 1000;

export function addPlayground(program: Command): void {
  program
    .command('playground')
    .description('answer prompts with several models, one JSON object a line on stdin and stdout')
    .option(...threadsOption)
    .option(...deviceOption)
    .option(...gpuOption)
    .addHelpText(
      'after',
      `
A line asks {"kind": "ask", "round": 1, "prompt": TEXT, "settings": {...}, "models": [{"id", "model", "adapter",
"form"}]} or ends an answer {"kind": "stop", "id"}; without "id" all. With the form "chat", "system" and, of a model,
"before": [{"prompt", "answer"}] are the conversation so far. "quantize" of a model is none, nf4 or nf4-double; the base
is as its adapter was trained when left out. What is written comes back token by token, each with its
probability and what else could have stood there. The command ends with its input.
`,
    )
    .action(async ({ threads, ...device }: { threads: number } & DeviceWish) => {
      await serve(threads, device);
    });
}

async function serve(threads: number, device: DeviceWish): Promise<void> {
  const models = new PreparedModels(threads);
  const engines = new EnginePool({ threads, device });
  let current: Round | undefined;
  let working: Promise<void> = Promise.resolve();
  const ask = (request: AskRequest): void => {
    const { round } = request;
    current?.stop();
    const next = new Round(request, {
      ...{ models, engines },
      generatorOf: (engine) => new EngineGenerator(engine),
      tell: (id, event) => {
        write({ kind: 'answer', round, id, event });
      },
    });
    current = next;
    working = working
      .then(() => next.run())
      .then(() => {
        write({ kind: 'done', round });
      });
  };
  for await (const line of createInterface(process.stdin)) {
    const request = readRequest(line);
    if ('problem' in request) write({ kind: 'refused', message: request.problem });
    else if (request.kind === 'stop') current?.stop(request.id);
    else ask(request);
  }
  // Whoever asked is gone: nobody reads what is still being written.
  current?.stop();
  const isIdle = await Promise.race([working.then(() => true), delay(graceMs).then(() => false)]);
  if (isIdle) process.exit(exitCodes.done);
  // Node would wait for native code, which may be loading a large model or reading a long prompt.
  process.kill(process.pid, 'SIGKILL');
}

function write(event: PlaygroundEvent): void {
  process.stdout.write(`${JSON.stringify(event)}\n`);
}
