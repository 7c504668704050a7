// What the command line refuses beyond what files and settings are refused for, and the sentence for each.

export interface CommandFailureData {
  'command-invalid': { problem: string };
  'argument-invalid': { argument: string; value: string; problem: string };
  'models-differ': { base: string; other: string; problem: string };
  'output-exists': { folder: string };
  'file-exists': { file: string };
  'output-unwritable': { path: string; problem: string };
  'evaluation-busy': { folder: string; pid: number; host: string; lockFile: string };
  'prompt-empty': { form: string };
  'prompt-too-long': { tokens: number; contextLength: number };
  'conversation-too-long': { tokens: number; contextLength: number };
  'conversation-impossible': { form: string };
  'conversation-template-missing': { folder: string };
  'system-prompt-ignored': { folder: string };
  'base-as-quantized': { model: string; is: string; asked: string };
  'no-room-to-answer': { what: string; sizeBytes: number };
  'export-impossible': { adapter: string; problem: string };
  'base-unknown': { adapter: string; base: string | undefined };
  'answers-of-other-model': { file: string; answers: number };
  'answers-to-other-questions': { file: string; question: number };
}

/** Both ways out of results that cannot be mixed. */
const startAnew =
  'Evaluate into another folder (--results), or start anew (--replace), which keeps the old file beside it as .old.';

type Sentences<Data> = { [Code in keyof Data]: (data: Data[Code]) => string };

export const commandSentences: Sentences<CommandFailureData> = {
  'command-invalid': ({ problem }) => `${problem}; see adapter-lab --help.`,
  'argument-invalid': ({ argument, value, problem }) => `${argument} ${problem}, not "${value}".`,
  'models-differ': ({ base, other, problem }) =>
    `${other} cannot be compared with ${base}: ${problem}.`,
  'output-exists': ({ folder }) => `${folder} exists and is not empty; name a new folder.`,
  'file-exists': ({ file }) => `${file} exists; name a new file.`,
  'output-unwritable': ({ path, problem }) => `${path} cannot be written: ${problem}.`,
  'export-impossible': ({ adapter, problem }) => `${adapter} cannot be exported so: ${problem}.`,
  'base-unknown': ({ adapter, base }) =>
    `The base model of ${adapter} ${base === undefined ? 'is not named in it' : `(${base}) is not on this machine where it says`}; name it first: adapter-lab evaluate BASE --adapter ${adapter}, or --base BASE in export and import.`,
  'answers-of-other-model': ({ file, answers }) =>
    `${file} holds ${answers} answers of another model, or of other settings of generation, and answers of two are never mixed. ${startAnew}`,
  'answers-to-other-questions': ({ file, question }) =>
    `${file} holds an answer to question ${question} as it was asked before: the data or the template changed since, and answers to two versions are never mixed. ${startAnew}`,
  'evaluation-busy': ({ folder, pid, host, lockFile }) =>
    `An evaluation into ${folder} is going on already, by process ${pid} on ${host}; wait until it is done, or delete ${lockFile} if that process is gone.`,
  'prompt-empty': () => 'The prompt is empty: type at least one character.',
  'prompt-too-long': ({ tokens, contextLength }) =>
    `The prompt has ${tokens} tokens, but the model's context is ${contextLength}: no room is left for an answer.`,
  'conversation-too-long': ({ tokens, contextLength }) =>
    `The conversation has ${tokens} tokens, but the model's context is ${contextLength}: no room is left for an answer. Begin a new conversation, or edit an earlier prompt.`,
  'conversation-impossible': ({ form }) =>
    `A system prompt and earlier turns need the form "chat", not "${form}".`,
  'conversation-template-missing': ({ folder }) =>
    `${folder} has no chat template (chat_template in tokenizer_config.json, or chat_template.jinja), so it cannot be put into a conversation; ask in another form, such as plain text.`,
  'system-prompt-ignored': ({ folder }) =>
    `The chat template of ${folder} leaves out the system prompt; empty it.`,
  'base-as-quantized': ({ model, is, asked }) =>
    `${model} is quantised already, as ${is}, and cannot be taken as ${asked}; take it as its files have it.`,
  'no-room-to-answer': ({ what, sizeBytes }) =>
    `There is not enough memory for ${what} (${(sizeBytes / 1e6).toFixed(0)} MB), even with no other model in memory; take the base in 4 bits, ask for fewer new tokens, or free memory of other programs.`,
};
