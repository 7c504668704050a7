// Reads the text of a task.json. What is wrong with it is said with its line and the name of the setting.
import type * as z from 'zod/mini';
import { Failure } from './failures';
import { nearestName } from './nearest';
import { checkSettings, SettingsText, type Settings } from './settingsText';
import {
  protocols,
  taskSchemas,
  type ChoiceTaskSettings,
  type GenerationTaskSettings,
  type JudgedTaskSettings,
  type Protocol,
  type TaskSettings,
} from './taskFile';

/** What a pattern alone means. */
const firstMatch = { take: 'first', ignoreCase: false, group: 0 } as const;

/** Throws a Failure that names the file, the line and the setting. */
export function parseTaskFile(content: string, file: string): TaskSettings {
  const source = new SettingsText(content, file);
  const raw = source.object();
  const refuse = (setting: string, problem: string): Failure =>
    new Failure('setting-invalid', {
      ...source.nearestPlace(setting.split('.')),
      setting,
      problem,
    });
  const protocol = protocolOf(raw, refuse);
  switch (protocol) {
    case 'generation':
      return generationTask(checkSettings(taskSchemas.generation, raw, source), raw, refuse);
    case 'choice':
      return choiceTask(checkSettings(taskSchemas.choice, raw, source), refuse);
    case 'perplexity':
      return withoutSchema(checkSettings(taskSchemas.perplexity, raw, source));
    case 'judged':
      return judgedTask(checkSettings(taskSchemas.judged, raw, source), refuse);
  }
}

type Refuse = (setting: string, problem: string) => Failure;

function protocolOf(raw: Settings, refuse: Refuse): Protocol {
  const { protocol = 'generation' } = raw;
  const known = protocols.find((one) => one === protocol);
  if (known !== undefined) return known;
  const nearest = typeof protocol === 'string' ? nearestName(protocol, protocols) : undefined;
  const hint = nearest === undefined ? '' : ` (did you mean "${nearest}"?)`;
  const shown = JSON.stringify(protocol);
  throw refuse('protocol', `must be ${protocols.join(', ')}, not ${shown}${hint}`);
}

function generationTask(
  file: z.infer<typeof taskSchemas.generation>,
  raw: Settings,
  refuse: Refuse,
): GenerationTaskSettings {
  const { pattern, extraction, beams: shortBeams, maxNewTokens: shortTokens, ...rest } = file;
  if (pattern !== undefined && extraction !== undefined) {
    throw refuse('pattern', 'cannot be set beside "extraction"');
  }
  const written = isRecord(raw.generation) ? raw.generation : {};
  for (const name of ['beams', 'maxNewTokens']) {
    if (raw[name] === undefined || written[name] === undefined) continue;
    throw refuse(name, `cannot be set beside "generation.${name}"`);
  }
  const found = pattern === undefined ? extraction : { ...firstMatch, pattern };
  if (found === undefined) throw refuse('pattern', 'is missing (or "extraction")');
  if (typeof found === 'object') {
    checkPattern(pattern === undefined ? 'extraction.pattern' : 'pattern', found, refuse);
  }
  const generated = {
    ...rest.generation,
    ...(shortBeams !== undefined && { beams: shortBeams }),
    ...(shortTokens !== undefined && { maxNewTokens: shortTokens }),
  };
  if (generated.sampling !== undefined && generated.beams > 1) {
    // The paper's four beams are the default: whoever samples has not asked for them.
    if (raw.beams !== undefined || written.beams !== undefined) {
      throw refuse('generation.sampling', 'needs "beams": 1');
    }
    generated.beams = 1;
  }
  checkTemplate(rest.template, refuse);
  return withoutSchema({ ...rest, generation: generated, extraction: found });
}

function choiceTask(file: z.infer<typeof taskSchemas.choice>, refuse: Refuse): ChoiceTaskSettings {
  const { choices: from, question, template } = file;
  if (question !== undefined) checkPattern('question', { pattern: question, group: 1 }, refuse);
  if ('pattern' in from) {
    checkPattern('choices.pattern', { pattern: from.pattern, group: 1 }, refuse);
  }
  checkTemplate(template, refuse);
  return withoutSchema(file);
}

function judgedTask(file: z.infer<typeof taskSchemas.judged>, refuse: Refuse): JudgedTaskSettings {
  checkTemplate(file.template, refuse, ['auto', 'chat', 'paper', 'alpaca']);
  return withoutSchema(file);
}

function checkPattern(
  setting: string,
  { pattern, group }: { pattern: string; group: number },
  refuse: Refuse,
): void {
  let groups: number;
  try {
    // With an empty alternative it matches anything, and the match tells how many groups there are.
    groups = (new RegExp(`${pattern}|`, 'u').exec('')?.length ?? 1) - 1;
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    const reason = problem.split(': ').at(-1) ?? problem;
    const advice = 'correct it, and put "\\\\" before signs that are meant as themselves';
    throw refuse(setting, `does not compile (${reason}): ${advice}`);
  }
  if (group > groups) {
    const had = groups === 0 ? 'no group' : `${groups} group${groups === 1 ? '' : 's'} only`;
    throw refuse(setting, `has ${had}, but group ${group} is the answer`);
  }
}

function checkTemplate(
  template: string,
  refuse: Refuse,
  names: readonly string[] = ['paper', 'alpaca'],
): void {
  if (names.includes(template) || template.includes('{instruction}')) return;
  const nearest = nearestName(template, names);
  const hint = nearest === undefined ? '' : ` (did you mean "${nearest}"?)`;
  const rule = `must be ${names.join(', ')} or a text with {instruction}`;
  throw refuse('template', `${rule}, not ${JSON.stringify(template)}${hint}`);
}

function withoutSchema<File extends { $schema?: string | undefined }>(
  file: File,
): Omit<File, '$schema'> {
  const rest = { ...file };
  delete rest.$schema;
  return rest;
}

function isRecord(value: unknown): value is Settings {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
