import { describe, expect, test } from 'vitest';
import {
  completionPlace,
  pathCompletions,
} from '../../../../extension/host/editor/completionPlace';

/** At the mark. */
function place(marked: string) {
  const offset = marked.indexOf('|');
  const text = marked.replace('|', '');
  const found = completionPlace(text, offset);
  return found && { ...found, between: text.slice(found.span.start, found.span.end) };
}

describe('the place of a completion', () => {
  test('is between the quotes of paths and tasks, also in a grid', () => {
    expect(place('{ "model": "mo|del" }')).toMatchObject({
      ...{ kind: 'model', typed: 'mo', between: 'model' },
    });
    expect(place('{ "data": { "train": ["a.json", "data/|"] } }')).toMatchObject({
      ...{ kind: 'data', typed: 'data/', between: 'data/' },
    });
    expect(place('{ "evaluation": { "tasks": ["|"] } }')).toMatchObject({ kind: 'task' });
    expect(place('{ "grid": { "model": ["a", "b|"] } }')).toMatchObject({
      ...{ kind: 'model', between: 'b' },
    });
    expect(place('{ "grid": { "data.train": [["x|"]] } }')).toMatchObject({ kind: 'data' });
  });

  test('is there while the text has no end yet', () => {
    expect(place('{ "model": "mo|')).toMatchObject({ typed: 'mo', between: 'mo' });
  });

  test('is nowhere else', () => {
    for (const text of ['{ "mo|del": "x" }', '{ "name": "x|" }', '{ "model": | }', '|{}']) {
      expect(place(text), text).toBeUndefined();
    }
  });
});

describe('completed paths', () => {
  const entries = [
    { name: 'llama', isFolder: true, inside: ['config.json', 'tokenizer.json'] },
    { name: 'more', isFolder: true, inside: [] },
    { name: 'train.json', isFolder: false, inside: [] },
    { name: 'task.json', isFolder: false, inside: [] },
    { name: 'notes.md', isFolder: false, inside: [] },
    { name: '.git', isFolder: true, inside: [] },
  ];

  test('models are folders with a model in them; others lead further', () => {
    const found = pathCompletions('model', 'models/l', entries);
    expect(found.map(({ text, isMeant }) => [text, isMeant])).toEqual([
      ['models/llama', true],
      ['models/more/', false],
    ]);
  });

  test('data are files of the known kinds', () => {
    const found = pathCompletions('data', '', entries);
    expect(found.map(({ text }) => text)).toEqual(['llama/', 'more/', 'train.json']);
  });
});
