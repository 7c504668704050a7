// A tokenizer and data files for the suites of this folder.
import { copyFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openDataset, type Dataset, type DatasetSettings } from '../../../extension/data/dataset';
import { readTokenizer, type TokenizerFolder } from '../../../extension/model/tokenizer';
import { emptyFolder } from '../model/modelFixture';

const golden = join(import.meta.dirname, '../../golden/tokenizer');

/** ChatML with `<|start|>` and `<|end|>`, which is the end token; `<|start|>` stands before every text. */
export const chatTemplate =
  "{% for m in messages %}{{ '<|start|>' + m.role + '\n' + m.content + '<|end|>\n' }}{% endfor %}" +
  "{% if add_generation_prompt %}{{ '<|start|>assistant\n' }}{% endif %}";

export function tokenizerFolder(chat: string | undefined = chatTemplate): string {
  const folder = emptyFolder();
  copyFileSync(join(golden, 'pattern.tokenizer.json'), join(folder, 'tokenizer.json'));
  const settings = { eos_token: '<|end|>', chat_template: chat };
  writeFileSync(join(folder, 'tokenizer_config.json'), JSON.stringify(settings));
  return folder;
}

export interface OpenedData {
  data: Dataset;
  tokens: TokenizerFolder;
}

/** `records` go into a .json file of their own. */
export async function openRecords(
  records: unknown[],
  settings: Partial<DatasetSettings> = {},
  model = tokenizerFolder(),
): Promise<OpenedData> {
  const file = join(emptyFolder(), 'train.json');
  writeFileSync(file, JSON.stringify(records));
  const tokens = readTokenizer(model, 420, []);
  const all: DatasetSettings = {
    train: [file],
    validation: 0,
    format: 'instruction',
    columns: {},
    template: 'Q: {instruction} {input}\nA: {output}',
    lossOn: 'all',
    maxLength: 256,
    seed: 0,
    ...settings,
  };
  return { data: await openDataset(all, tokens, model), tokens };
}

/** The text of the tokens that an example counts. */
export function countedText({ data, tokens }: OpenedData, index = 0): string {
  const targets = data.train.get(index).targets.filter((target) => target >= 0);
  return tokens.tokenizer.decode(targets);
}

export function wholeText({ data, tokens }: OpenedData, index = 0): string {
  return tokens.tokenizer.decode(data.train.get(index).tokens);
}
