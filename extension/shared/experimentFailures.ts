// Why an experiment file was refused, and the sentence for each.

interface Place {
  file: string;
  /** Absent for a setting from the command line. */
  line?: number;
}

export interface ExperimentFailureData {
  'experiment-broken': Place & { problem: string };
  'setting-unknown': Place & { setting: string; nearest?: string };
  'setting-invalid': Place & { setting: string; problem: string };
  'settings-conflict': Place & { first: string; second: string; problem: string };
  'method-unavailable': Place & { method: string; available: readonly string[] };
  'override-invalid': { override: string };
}

type Sentences<Data> = { [Code in keyof Data]: (data: Data[Code]) => string };

export const experimentSentences: Sentences<ExperimentFailureData> = {
  'experiment-broken': (data) => `${place(data)}: ${data.problem}.`,
  'setting-unknown': (data) =>
    `${place(data)}: there is no setting "${data.setting}"${
      data.nearest === undefined ? '' : `; did you mean "${data.nearest}"?`
    }${data.nearest === undefined ? '.' : ''}`,
  'setting-invalid': (data) => `${place(data)}: "${data.setting}" ${data.problem}.`,
  'settings-conflict': (data) =>
    `${place(data)}: "${data.first}" and "${data.second}" conflict: ${data.problem}.`,
  'method-unavailable': (data) =>
    `${place(data)}: method "${data.method}" is not available in this version; use ${list(data.available)}.`,
  'override-invalid': ({ override }) =>
    `--set ${override} is not understood; write key=value, for example --set training.steps=20.`,
};

function place({ file, line }: Place): string {
  return line === undefined ? file : `${file}, line ${line}`;
}

function list(names: readonly string[]): string {
  return names.length < 2
    ? names.join('')
    : `${names.slice(0, -1).join(', ')} or ${names.at(-1) ?? ''}`;
}
