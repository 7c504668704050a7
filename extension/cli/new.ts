// adapter-lab new: a commented experiment file from a template.
import { existsSync, writeFileSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import type { Command } from 'commander';
import { Failure } from '../shared/failures';
import { templateIds, usualPlaces } from '../shared/templates/template';
import { templateLine, templates, templateTitle } from '../shared/templates/templates';
import { untranslated } from '../shared/translate';
import { oneOf } from './arguments';
import { tell, type Outcome, type OutputOptions } from './output';
import { table } from './wording';

interface NewOptions extends OutputOptions {
  model?: string;
  data?: string;
}

export function addNew(program: Command): void {
  program
    .command('new')
    .description('write an experiment file from a template, or list the templates')
    .argument('[template]', templateIds.join(', '))
    .argument('[file]', 'NAME.experiment.json to write; printed when left out')
    .option('--model <dir>', 'model folder to name in it')
    .option('--data <dir>', "folder of the training files and of the tasks' folders")
    .option('--json', 'print {templates: [{template, title, about}]} or {template, file, text}')
    .addHelpText(
      'after',
      `
Settings are the paper's, with their source in comments. What --model and --data do not name has to be filled in.

Examples:
  adapter-lab new
  adapter-lab new rank-sweep > rank-sweep.experiment.json
  adapter-lab new commonsense cs.experiment.json --model models/llama-7b --data data
`,
    )
    .action(async (template: string | undefined, file: string | undefined, options: NewOptions) => {
      await tell(options, () =>
        Promise.resolve(template === undefined ? list() : write(template, file, options)),
      );
    });
}

function list(): Outcome {
  const rows = templates.map((template) => ({
    template: template.id,
    title: templateTitle(template.id, untranslated),
    about: templateLine(template, untranslated),
  }));
  const lines = rows.map(({ template, title, about }) => [template, title, about]);
  return { json: { templates: rows }, text: table(['template', 'title', ''], lines) };
}

function write(name: string, given: string | undefined, { model, data }: NewOptions): Outcome {
  const id = oneOf('template', templateIds)(name);
  const template = templates.find((one) => one.id === id);
  if (template === undefined) throw new Error(`no template ${id}`);
  const file = given === undefined ? undefined : resolve(given);
  const folder = file === undefined ? '.' : resolve(file, '..');
  const from = (path: string): string => relative(folder, resolve(path)).replace(/\\/g, '/') || '.';
  const text = template.text({
    ...usualPlaces,
    ...(model !== undefined && { model: from(model) }),
    ...(data !== undefined && {
      data: from(data),
      trainingFile: (one: string) => `${from(data)}/${one}`,
    }),
  });
  const json = { template: id, file: file ?? null, text };
  if (file === undefined) return { json, text: text.trimEnd() };
  if (existsSync(file)) throw new Failure('file-exists', { file });
  try {
    writeFileSync(file, text, { flag: 'wx' });
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    throw new Failure('output-unwritable', { path: file, problem });
  }
  return { json, text: `Wrote ${file}: ${template.runs} runs.` };
}
