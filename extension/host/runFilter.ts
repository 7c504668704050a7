// The language of the sidebar's filter: words, each of which must occur, and terms like is:starred, tag:x,
// state:failed, rank>=16, -method:lora. Free of VS Code.
import { isActive, methodText, runLabel, type RunView } from './runModel';

export type RunFilter = (view: RunView) => boolean;

/** An empty text lets everything through; what is no term is taken as a word. */
export function parseFilter(text: string): RunFilter {
  const terms = splitTerms(text).map(parseTerm);
  return (view) => terms.every((term) => term(view));
}

/** Words and quoted parts; a quote that is still being typed ends at the end. */
export function splitTerms(text: string): string[] {
  return text.match(/(?:"[^"]*"?|[^\s"])+/g) ?? [];
}

function parseTerm(term: string): RunFilter {
  if (term.startsWith('-') && term.length > 1) {
    const inner = parseTerm(term.slice(1));
    return (view) => !inner(view);
  }
  const [, key = '', operator = '', quoted = ''] =
    /^([a-z][\w.]*)(<=|>=|[:=<>])(.*)$/i.exec(term) ?? [];
  const named = operator === '' ? undefined : namedTerm(key.toLowerCase(), operator, quoted);
  if (named !== undefined) return named;
  const word = unquote(term).toLowerCase();
  return (view) => textOf(view).includes(word);
}

function unquote(text: string): string {
  return text.replace(/"/g, '');
}

function namedTerm(key: string, operator: string, quoted: string): RunFilter | undefined {
  const wanted = unquote(quoted).toLowerCase();
  // A term in the making does not hide everything yet.
  if (wanted === '') return () => true;
  const anyOf = wanted.split(',').filter((one) => one !== '');
  const textual = texts[key];
  if (textual !== undefined) {
    return (view) => {
      const found = textual(view).map((text) => text.toLowerCase());
      return anyOf.some((one) => found.some((text) => text.includes(one)));
    };
  }
  const exact = exacts[key];
  if (exact !== undefined) return (view) => exact(view).some((text) => anyOf.includes(text));
  const closed = words[key];
  if (closed !== undefined) {
    return (view) => closed(view).some((text) => anyOf.some((one) => text.startsWith(one)));
  }
  if (!isSettingName(key)) return undefined;
  return (view) => anyOf.some((one) => compare(valueOf(view, key), operator, one));
}

/** Terms that a part of the text satisfies. */
const texts: Record<string, (view: RunView) => string[]> = {
  experiment: ({ run }) => [run.experiment],
  name: ({ run, tags }) => [tags.name ?? '', runLabel(run)],
  id: ({ run }) => [run.id],
  notes: ({ tags }) => [tags.notes],
  model: ({ run }) => [run.settings.model],
};

/** Terms that name the whole of one of the user's own words. */
const exacts: Record<string, (view: RunView) => string[]> = {
  tag: ({ tags }) => tags.tags.map((tag) => tag.toLowerCase()),
};

/** Terms that name one of a few words, or its beginning. */
const words: Record<string, (view: RunView) => string[]> = {
  is: isWords,
  state: isWords,
  has: ({ tags, status }) => [
    ...(tags.tags.length > 0 ? ['tag', 'tags'] : []),
    ...(tags.notes !== '' ? ['note', 'notes'] : []),
    ...(tags.name !== undefined ? ['name'] : []),
    ...(status.loss !== null ? ['loss'] : []),
  ],
  method: ({ run }) => {
    const { method } = run.settings;
    return method === 'full' ? ['full', 'ft'] : [method, methodText(run.settings).toLowerCase()];
  },
};

function isWords({ status, tags }: RunView): string[] {
  return [
    status.state,
    ...(isActive(status.state) ? ['active'] : status.state === 'queued' ? [] : ['ended']),
    ...(tags.star ? ['starred'] : []),
    ...(tags.tags.length > 0 ? ['tagged'] : []),
  ];
}

const aliases: Record<string, string> = { lr: 'learningrate', batch: 'batchsize' };
const figureNames = ['loss', 'step', 'created'];
const settingNames = new Set([
  ...['rank', 'alpha', 'dropout', 'rslora', 'detachnorm', 'targets', 'layers', 'initialadapter'],
  ...['batchsize', 'accumulation', 'epochs', 'steps', 'learningrate', 'schedule', 'warmupsteps'],
  ...['warmupratio', 'weightdecay', 'beta1', 'beta2', 'epsilon', 'clipnorm', 'seed'],
  ...['train', 'format', 'template', 'losson', 'maxlength', 'validation', 'shuffle'],
  ...['tasks', 'device', 'threads', 'every', 'keep', ...figureNames],
]);

function isSettingName(key: string): boolean {
  const last = key.split('.').at(-1) ?? key;
  return settingNames.has(aliases[last] ?? last);
}

/** A figure, or a setting by its last name; with a dot, the section must be right too. */
function valueOf({ run, status }: RunView, key: string): unknown {
  if (key === 'loss') return status.loss;
  if (key === 'step') return status.step;
  if (key === 'created') return run.created;
  const parts = key.split('.');
  const last = parts.at(-1) ?? key;
  const name = aliases[last] ?? last;
  const section = parts.length > 1 ? parts[0] : undefined;
  const { settings } = run;
  const sections: [string, object][] = [
    ['adapter', settings.adapter],
    ['training', settings.training],
    ['data', settings.data],
    ['evaluation', settings.evaluation],
    ['checkpoints', settings.checkpoints],
    ['diagnostics', settings.diagnostics],
    ['', settings],
  ];
  for (const [sectionName, values] of sections) {
    if (section !== undefined && section !== sectionName) continue;
    // Full fine-tuning has settings of an adapter in its file, and no adapter.
    if (sectionName === 'adapter' && settings.method === 'full') continue;
    const found = Object.entries(values).find(([setting]) => setting.toLowerCase() === name);
    if (found !== undefined) return found[1];
  }
  return undefined;
}

function compare(value: unknown, operator: string, wanted: string): boolean {
  if (value === undefined || value === null) return false;
  const number = Number(wanted);
  if (typeof value === 'number' && !Number.isNaN(number)) {
    if (operator === '<') return value < number;
    if (operator === '<=') return value <= number;
    if (operator === '>') return value > number;
    if (operator === '>=') return value >= number;
    return value === number;
  }
  const text = (typeof value === 'string' ? value : JSON.stringify(value)).toLowerCase();
  if (operator === '<') return text < wanted;
  if (operator === '<=') return text <= wanted;
  if (operator === '>') return text > wanted;
  if (operator === '>=') return text >= wanted;
  return operator === '=' ? text === wanted : text.includes(wanted);
}

/** Made once a view: a filter is tried on every letter that is typed. */
const remembered = new WeakMap<RunView, string>();

function textOf(view: RunView): string {
  const known = remembered.get(view);
  if (known !== undefined) return known;
  const { run, tags, status } = view;
  const { settings } = run;
  const parts = [
    ...[tags.name ?? '', runLabel(run), run.id, run.experiment, status.state, ...tags.tags],
    ...[tags.notes, settings.model, ...settings.data.train, settings.data.template],
    ...[settings.training.schedule, ...[settings.adapter.targets].flat()],
    ...settings.evaluation.tasks,
    `rank ${settings.adapter.rank} lr ${settings.training.learningRate} seed ${settings.training.seed}`,
  ];
  const text = parts.join('\n').toLowerCase();
  remembered.set(view, text);
  return text;
}
