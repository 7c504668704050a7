// Why a model folder, a tokenizer, data or a task was refused, and the sentence for each.

export interface InputFailureData {
  'file-missing': { file: string; what: string };
  'file-unreadable': { file: string; what: string; problem: string };
  'not-utf8': { file: string; line: number; offset: number };
  'json-broken': { file: string; line: number; problem: string };
  'config-invalid': { file: string; field: string; problem: string };
  'config-unsupported': { file: string; field: string; value: string; supported: string };
  'weights-missing': { folder: string; others: string[] };
  'weights-broken': { file: string; problem: string };
  'shard-missing': { file: string; shard: string };
  'tensor-missing': { file: string; tensor: string; others: number };
  'tensor-invalid': { file: string; tensor: string; problem: string };
  'tokenizer-invalid': { file: string; problem: string };
  'tokenizer-too-large': { file: string; token: string; id: number; vocabulary: number };
  'chat-template-missing': { folder: string };
  'chat-template-failed': { file: string; problem: string };
  'data-unsupported': { file: string };
  'data-broken': { file: string; problem: string; line?: number };
  'data-empty': { file: string };
  'record-invalid': { file: string; record: number; line?: number; problem: string };
  'field-unknown': { field: string; format: string; known: string[]; nearest?: string };
  'column-missing': {
    file: string;
    record: number;
    line?: number;
    column: string;
    columns: string[];
    nearest?: string;
  };
  'template-invalid': { problem: string };
  'validation-too-large': { validation: number; records: number };
  'records-too-long': { records: number; maxLength: number; shortest: number };
  'records-without-answer': { records: number };
  'task-unknown': { task: string; known: string[]; nearest?: string };
  'task-invalid': { file: string; problem: string };
  'disk-full': { file: string; neededBytes: number };
}

type Sentences<Data> = { [Code in keyof Data]: (data: Data[Code]) => string };

export const inputSentences: Sentences<InputFailureData> = {
  'file-missing': ({ file, what }) => `${capital(what)} is not there: ${file} does not exist.`,
  'file-unreadable': ({ file, what, problem }) =>
    `${capital(what)} ${file} cannot be read: ${problem}.`,
  'not-utf8': ({ file, line, offset }) =>
    `${file}, line ${line}: byte ${offset} is not valid UTF-8; save the file as UTF-8.`,
  'json-broken': ({ file, line, problem }) => `${file}, line ${line}: ${problem}.`,
  'config-invalid': ({ file, field, problem }) => `${file}: "${field}" ${problem}.`,
  'config-unsupported': ({ file, field, value, supported }) =>
    `${file}: "${field}" is ${value}, which cannot be run: ${supported}.`,
  'weights-missing': ({ folder, others }) =>
    `${folder} has neither model.safetensors nor model.safetensors.index.json${
      others.length === 0 ? '' : `, and ${others.slice(0, 3).join(', ')} cannot be read instead`
    }.`,
  'weights-broken': ({ file, problem }) => `${file} is broken: ${problem}.`,
  'shard-missing': ({ file, shard }) => `${file} names ${shard}, which is not in the folder.`,
  'tensor-missing': ({ file, tensor, others }) =>
    `${file} lacks the tensor ${tensor}${others === 0 ? '' : ` and ${others} more`}.`,
  'tensor-invalid': ({ file, tensor, problem }) => `${file}: tensor ${tensor}: ${problem}.`,
  'tokenizer-invalid': ({ file, problem }) => `${file} cannot be used: ${problem}.`,
  'tokenizer-too-large': ({ file, token, id, vocabulary }) =>
    `${file}: token ${token} has id ${id}, but the model's embedding has ${vocabulary} rows only.`,
  'chat-template-missing': ({ folder }) =>
    `${folder} has no chat template (chat_template in tokenizer_config.json, or chat_template.jinja); set "template" to paper, alpaca or a text.`,
  'chat-template-failed': ({ file, problem }) => `${file}: the chat template failed: ${problem}.`,
  'data-unsupported': ({ file }) =>
    `${file} is not a data file: its name must end in .json, .jsonl, .csv or .parquet.`,
  'data-broken': ({ file, problem, line }) =>
    `${file}${line === undefined ? '' : `, line ${line}`}: ${problem}.`,
  'data-empty': ({ file }) => `${file} holds no records.`,
  'record-invalid': ({ file, record, line, problem }) =>
    `${placeOf(file, record, line)}: ${problem}.`,
  'field-unknown': ({ field, format, known, nearest }) =>
    `"columns" names the field "${field}"${
      nearest === undefined ? '' : ` (did you mean "${nearest}"?)`
    }, but records of the format ${format} have ${known.join(', ')}.`,
  'column-missing': ({ file, record, line, column, columns, nearest }) =>
    `${placeOf(file, record, line)} has no column "${column}"${
      nearest === undefined ? '' : ` (did you mean "${nearest}"?)`
    }; it has ${columns.length === 0 ? 'none' : columns.join(', ')}.`,
  'template-invalid': ({ problem }) => `"template" ${problem}.`,
  'validation-too-large': ({ validation, records }) =>
    `"validation" takes ${validation} records, but there are only ${records}; at least one must be left to train on.`,
  'records-too-long': ({ records, maxLength, shortest }) =>
    `All ${records} records are longer than "maxLength" ${maxLength}; the shortest has ${shortest} tokens, so set maxLength to ${shortest} or more.`,
  'records-without-answer': ({ records }) =>
    `None of the ${records} records has an answer to train on; set "lossOn" to all or check the columns.`,
  'task-unknown': ({ task, known, nearest }) =>
    `There is no task "${task}"${nearest === undefined ? '' : ` (did you mean "${nearest}"?)`}; known are ${known.join(', ')}, and any folder of the data that holds task.json.`,
  'task-invalid': ({ file, problem }) => `${file}: ${problem}.`,
  'disk-full': ({ file, neededBytes }) =>
    `The disk is full: ${file} needs ${megabytes(neededBytes)} MB; free some room and resume.`,
};

function placeOf(file: string, record: number, line: number | undefined): string {
  return `${file}, record ${record}${line === undefined ? '' : ` (line ${line})`}`;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function megabytes(bytes: number): string {
  return (Math.max(bytes, 1e5) / 1e6).toFixed(1);
}
