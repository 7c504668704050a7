// Why an experiment file was refused, and the sentence for each.
import { placeText, type Place } from './place';

export interface ExperimentFailureData {
  'experiment-broken': Place & { problem: string };
  'setting-unknown': Place & { setting: string; nearest?: string };
  'setting-invalid': Place & { setting: string; problem: string };
  'settings-conflict': Place & { first: string; second: string; problem: string };
  'override-invalid': { override: string };
}

type Sentences<Data> = { [Code in keyof Data]: (data: Data[Code]) => string };

export const experimentSentences: Sentences<ExperimentFailureData> = {
  'experiment-broken': (data) => `${placeText(data)}: ${data.problem}.`,
  'setting-unknown': (data) =>
    `${placeText(data)}: there is no setting "${data.setting}"${
      data.nearest === undefined ? '' : `; did you mean "${data.nearest}"?`
    }${data.nearest === undefined ? '.' : ''}`,
  'setting-invalid': (data) => `${placeText(data)}: "${data.setting}" ${data.problem}.`,
  'settings-conflict': (data) =>
    `${placeText(data)}: "${data.first}" and "${data.second}" conflict: ${data.problem}.`,
  'override-invalid': ({ override }) =>
    `--set ${override} is not understood; write key=value, for example --set training.steps=20.`,
};
