// Why a run folder could not be made, read, locked or started, and the sentence for each.

export interface RunFailureData {
  'run-broken': { file: string; problem: string };
  'run-exists': { folder: string };
  'run-missing': { folder: string };
  'results-missing': { folder: string };
  'nothing-to-compare': { first: string; second: string; tasks: string[] | undefined };
  'run-busy': { folder: string; pid: number; host: string; lockFile: string };
  'run-folder-unwritable': { folder: string; problem: string };
  'queue-broken': { file: string; problem: string };
  'queue-busy': { pid: number; host: string; lockFile: string };
  'trainer-missing': { file: string };
  'trainer-not-started': { folder: string; problem: string };
  'trainer-died': { folder: string; how: string; lastLine: string };
}

type Sentences<Data> = { [Code in keyof Data]: (data: Data[Code]) => string };

export const runSentences: Sentences<RunFailureData> = {
  'run-broken': ({ file, problem }) => `${file} is broken: ${problem}.`,
  'run-exists': ({ folder }) => `The run folder ${folder} exists already; start the run again.`,
  'run-missing': ({ folder }) => `${folder} is not a run folder: it has no run.json.`,
  'results-missing': ({ folder }) =>
    `${folder} holds no results of an evaluation; evaluate it first, or name a run or a folder of results.`,
  'nothing-to-compare': ({ first, second, tasks }) =>
    `${first} and ${second} were asked no question in common${tasks === undefined ? '' : ` of ${tasks.join(', ')}`}, with the same prompt.`,
  'run-busy': ({ folder, pid, host, lockFile }) =>
    `${folder} is being trained already, by process ${pid} on ${host}; stop that run first, or delete ${lockFile} if that process is gone.`,
  'run-folder-unwritable': ({ folder, problem }) =>
    `${folder} cannot be written: ${problem}; choose another folder for runs.`,
  'queue-broken': ({ file, problem }) =>
    `The queue ${file} is broken: ${problem}; delete it to begin with an empty one.`,
  'queue-busy': ({ pid, host, lockFile }) =>
    `The queue is held by process ${pid} on ${host}; try again, or delete ${lockFile} if that process is gone.`,
  'trainer-missing': ({ file }) =>
    `The trainer ${file} is not there; build it with npm run build, or install the extension again.`,
  'trainer-not-started': ({ folder, problem }) =>
    `No trainer could be started for ${folder}: ${problem}.`,
  'trainer-died': ({ folder, how, lastLine }) =>
    `The trainer of ${folder} ended (${how}) before it could say why${
      lastLine === '' ? '' : `; its log ends with: ${lastLine}`
    }.`,
};
