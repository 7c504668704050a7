// README.md of what is exported, as the hub reads it: front matter that says what belongs together, then how it was
// trained and what it does.
import { basename, isAbsolute, resolve } from 'node:path';
import { readJsonObject } from '../../model/jsonFile';
import { experimentJsonSchema } from '../../shared/experimentJsonSchema';
import { methodText } from '../../shared/runWords';
import { settingRows } from '../../shared/settingRows';
import { addedValues } from '../../shared/trainableShare';
import { trainedPercent } from '../wording';
import { figureSections } from './cardFigures';
import type { CardRun } from './cardSource';
import { markdownRows } from './markdownRows';

export interface CardSubject {
  /** Base model's folder, as the adapter names it or as it was given. */
  base: string;
  /** A PEFT adapter, one that was merged into its base, all weights trained, or a model as it was found. */
  kind: 'adapter' | 'merged' | 'full' | 'copy';
  /** "DoRA r16" */
  method: string;
  /** For the front matter: lora, dora, vera, ... */
  tags: readonly string[];
  run: CardRun | undefined;
}

export function modelCard(subject: CardSubject): string {
  const { run } = subject;
  const parts = [
    frontMatter(subject),
    `# ${titleOf(subject)}`,
    introduction(subject),
    '## Use',
    usage(subject),
    ...(run === undefined ? [] : [...figureSections(run), ...settingsSection(run)]),
  ];
  return `${parts.join('\n\n')}\n`;
}

/** The hub's name of a base where its configuration tells one, else what the adapter calls it. */
function hubName(base: string): string {
  const named = isAbsolute(base) ? nameInConfig(base) : undefined;
  return named ?? base;
}

function nameInConfig(folder: string): string | undefined {
  try {
    const { _name_or_path: name } = readJsonObject(resolve(folder, 'config.json'), 'the model');
    return typeof name === 'string' && /^[\w.-]+\/[\w.-]+$/.test(name) ? name : undefined;
  } catch {
    return undefined;
  }
}

function frontMatter({ base, kind, tags }: CardSubject): string {
  const name = hubName(base);
  const relation = kind === 'adapter' ? 'adapter' : 'finetune';
  const related = kind === 'copy' ? [] : [`base_model:${relation}:${name}`];
  return [
    '---',
    `base_model: ${JSON.stringify(name)}`,
    ...(kind === 'copy' ? [] : [`base_model_relation: ${relation}`]),
    `library_name: ${kind === 'adapter' ? 'peft' : 'transformers'}`,
    'pipeline_tag: text-generation',
    'tags:',
    ...[...related, ...tags, 'adapter-lab'].map((tag) => `- ${JSON.stringify(tag)}`),
    '---',
  ].join('\n');
}

function titleOf({ base, kind, method, run }: CardSubject): string {
  if (kind === 'copy') return basename(base);
  return run === undefined
    ? `${method} of ${basename(base)}`
    : `${run.run.experiment}: ${methodText(run.run.settings)} of ${basename(base)}`;
}

function introduction({ base, kind, method, run }: CardSubject): string {
  const what = {
    adapter: `A ${method} adapter for ${hubName(base)}`,
    merged: `${hubName(base)} with a ${method} adapter merged into its weights`,
    full: `${hubName(base)}, fine-tuned`,
    copy: hubName(base),
  }[kind];
  if (run === undefined) return `${what}, exported by Adapter Lab.`;
  const { versions, created, id } = run.run;
  const version = versions['adapter-lab'];
  const by = version === undefined ? 'Adapter Lab' : `Adapter Lab ${version}`;
  return `${what}, trained with ${by} on ${created.slice(0, 10)} (run ${id}).`;
}

function usage({ base, kind }: CardSubject): string {
  const lines =
    kind === 'adapter'
      ? [
          'from peft import PeftModel',
          'from transformers import AutoModelForCausalLM',
          '',
          `model = AutoModelForCausalLM.from_pretrained(${JSON.stringify(hubName(base))})`,
          'model = PeftModel.from_pretrained(model, "path/to/this/folder")',
        ]
      : [
          'from transformers import AutoModelForCausalLM, AutoTokenizer',
          '',
          'model = AutoModelForCausalLM.from_pretrained("path/to/this/folder")',
          'tokenizer = AutoTokenizer.from_pretrained("path/to/this/folder")',
        ];
  return ['```python', ...lines, '```'].join('\n');
}

/** As the paper counts; runs of version 0.1 do not say. */
function trainedSentence({ trainable, added, parameters, settings }: CardRun['run']): string[] {
  if (trainable === undefined || parameters === undefined) return [];
  const own = addedValues(settings.method, trainable, added);
  const share = trainedPercent({ trainable, added: own, parameters });
  return [`${trainable} values are trained, ${share} of all; the base model has ${parameters}.`];
}

function settingsSection({ run }: CardRun): string[] {
  const rows = settingRows(run.settings, run.varied, experimentJsonSchema());
  const shown = rows.filter(({ differs, standard }) => differs || standard === undefined);
  const table = shown.map(({ setting, value, standard }) => [setting, value, standard ?? '']);
  return [
    '## Settings',
    ...trainedSentence(run),
    'What differs from the defaults, and what must be given:',
    markdownRows(['setting', 'value', 'default'], table),
    '<details><summary>All settings</summary>',
    ['```json', JSON.stringify(run.settings, null, 2), '```'].join('\n'),
    '</details>',
  ];
}
