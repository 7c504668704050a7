// Completions and meanings of a task.json outside of the usual place, and which files those are.
import { expect, test } from 'vitest';
import { dataFoldersOf, isUsualPlace } from '../../../extension/host/taskEditor/dataFolders';
import {
  taskCompletions,
  taskMeaning,
  type TaskSchema,
} from '../../../extension/host/taskEditor/taskSchema';
import type { EditorSchema } from '../../../extension/shared/editorSchema';
import { taskEditorSchema } from '../../../extension/shared/taskEditorSchema';
import { taskJsonSchema } from '../../../extension/shared/taskJsonSchema';

const schema = taskJsonSchema() as TaskSchema;

/** `|` is where the cursor stands. */
function labels(text: string): string[] {
  const offset = text.indexOf('|');
  const { items } = taskCompletions(text.replace('|', ''), offset, schema);
  return items.map(({ label }) => label);
}

test('settings of the protocol are offered, those that stand there are not', () => {
  const own = labels('{ "pattern": "a", | }');
  expect(own).toContain('metric');
  expect(own).toContain('protocol');
  expect(own).not.toContain('pattern');
  expect(own).not.toContain('windowLength');
  expect(labels('{ "protocol": "perplexity", "|" }')).toContain('windowLength');
  expect(labels('{ "generation": { "|" } }')).toContain('lengthPenalty');
  expect(labels('{ "generation": { "sampling": { | } } }')).toEqual([
    ...['temperature', 'topK', 'topP', 'seed'],
  ]);
  expect(labels('{ "extraction": { | } }')).toEqual(['pattern', 'take', 'ignoreCase', 'group']);
});

test('choices are offered for a value', () => {
  expect(labels('{ "metric": "|" }')).toEqual(['"exact"', '"number"']);
  expect(labels('{ "metric": | }')).toEqual(['"exact"', '"number"']);
  expect(labels('{ "protocol": "|" }')).toEqual([
    ...['"generation"', '"choice"', '"perplexity"', '"judged"'],
  ]);
  expect(labels('{ "extraction": | }')).toEqual(['"number"', '"whole"']);
  expect(labels('{ "extraction": { "ignoreCase": | } }')).toEqual(['true', 'false']);
  expect(labels('{ "pattern": "|" }')).toEqual([]);
});

test('a setting comes with a value to overwrite, unless it has one', () => {
  const item = (text: string, label: string) => {
    const offset = text.indexOf('|');
    const { span, items } = taskCompletions(text.replace('|', ''), offset, schema);
    return { span, text: items.find((one) => one.label === label)?.text };
  };
  expect(item('{ "m|" }', 'metric')).toEqual({
    ...{ span: { start: 2, end: 5 }, text: '"metric": ${1:"exact"}' },
  });
  expect(item('{ "m|": "exact" }', 'metric').text).toBe('"metric"');
  expect(item('{ | }', 'generation').text).toBe('"generation": { $0 }');
  expect(item('{ | }', 'pattern').text).toBe('"pattern": "$1"');
});

test('a setting says what it means, with its default', () => {
  const text = '{ "extraction": { "take": "last" } }';
  const meaning = taskMeaning(text, text.indexOf('take'), schema);
  expect(meaning?.lines).toEqual([
    ...['Which of several matches.', '`"first"`, `"last"`', 'Default: `"first"`'],
  ]);
  expect(meaning && text.slice(meaning.span.start, meaning.span.end)).toBe('"take": "last"');
  expect(taskMeaning('{ "no": 1 }', 4, schema)).toBeUndefined();
  expect(taskMeaning('{ }', 1, schema)).toBeUndefined();
});

test('each setting means what stands beside it, not what another of its kind means', () => {
  const pattern = taskMeaning('{ "extraction": { "pattern": "a" } }', 20, schema);
  expect(pattern?.lines[0]).toBe('Regular expression that matches an answer.');
});

test('the schema of the usual place knows every setting and judges none', () => {
  const words = JSON.stringify(taskEditorSchema());
  expect(words).not.toMatch(/"(required|additionalProperties|minimum|const|minLength)"/);
  const compare = (own: EditorSchema, editors: EditorSchema | undefined): void => {
    for (const branch of [own, ...(own.anyOf ?? [])]) {
      for (const [name, inner] of Object.entries(branch.properties ?? {})) {
        expect(editors?.properties, name).toHaveProperty([name]);
        compare(inner, editors?.properties?.[name]);
      }
    }
  };
  compare(taskJsonSchema(), taskEditorSchema());
  const { protocol } = taskEditorSchema().properties ?? {};
  expect(protocol?.anyOf?.[0]?.enum).toEqual(['generation', 'choice', 'perplexity', 'judged']);
});

test('tasks lie where an experiment says, in its data folder otherwise', () => {
  const of = (text: string) => dataFoldersOf('/w/exp/a.experiment.json', text);
  expect(of('{ "model": "m" }')).toEqual(['/w/exp/data']);
  expect(of('{ "evaluation": { "data": "../sets" } // mine\n}')).toEqual(['/w/sets']);
  expect(of('{ "grid": { "evaluation.data": ["x", "y", 1] } }')).toEqual([
    ...['/w/exp/data', '/w/exp/x', '/w/exp/y'],
  ]);
  expect(of('')).toEqual([]);
  expect(isUsualPlace('/w/data/quiz/task.json')).toBe(true);
  expect(isUsualPlace('/w/sets/quiz/task.json')).toBe(false);
  expect(isUsualPlace('/w/data/task.json')).toBe(false);
});
