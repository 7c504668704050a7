import { parse, type ParseError } from 'jsonc-parser';
import { describe, expect, test } from 'vitest';
import { editorSchema, type EditorSchema } from '../../../extension/shared/editorSchema';
import {
  choiceTexts,
  examplesOf,
  newFileText,
  newGridText,
} from '../../../extension/shared/editorSchemaTexts';
import { methods } from '../../../extension/shared/methods';
import { parseExperiment } from '../../../extension/shared/experimentFile';
import { experimentJsonSchema } from '../../../extension/shared/experimentJsonSchema';

const schema = editorSchema();

function at(setting: string): EditorSchema | undefined {
  return setting
    .split('.')
    .reduce<EditorSchema | undefined>((level, part) => level?.properties?.[part], schema);
}

/** As VS Code fills a snippet in: the first choice, the default of a place. */
function filled(snippet: string): string {
  return snippet
    .replace(/\$\{\d+\|([^,|]+)[^|]*\|\}/g, '$1')
    .replace(/\$\{\d+:([^}]*)\}/g, '$1')
    .replace(/\$0/g, '');
}

describe('the schema of the editor', () => {
  test('knows every setting, each with a meaning and its default', () => {
    const own = experimentJsonSchema() as EditorSchema;
    const compare = (name: string, one: EditorSchema, other: EditorSchema | undefined): void => {
      expect(other?.markdownDescription, name).toContain(one.description);
      if (one.default !== undefined && one.properties === undefined) {
        expect(other?.default, name).toEqual(one.default);
      }
      for (const [inner, part] of Object.entries(one.properties ?? {})) {
        compare(`${name}.${inner}`, part, other?.properties?.[inner]);
      }
    };
    for (const [name, part] of Object.entries(own.properties ?? {})) {
      if (name !== 'grid') compare(name, part, at(name));
    }
  });

  test('offers the methods that this version trains, each explained', () => {
    const method = at('method')?.anyOf?.[0];
    expect(method?.enum).toEqual([...methods]);
    expect(method?.markdownEnumDescriptions?.every((text) => text !== '')).toBe(true);
  });

  test('offers the dotted settings in a grid', () => {
    const { properties = {} } = at('grid') ?? {};
    expect(Object.keys(properties)).toEqual(
      expect.arrayContaining(['method', 'adapter.rank', 'training.learningRate']),
    );
    expect(properties).not.toHaveProperty('name');
    expect(properties.method?.defaultSnippets?.[0]?.body).toEqual(['full', 'lora']);
  });

  test('judges nothing: the inspection does', () => {
    const text = JSON.stringify(schema);
    for (const rule of ['additionalProperties', 'required', 'minimum', 'minItems', 'pattern"']) {
      expect(text).not.toContain(`"${rule}`);
    }
  });

  test('a new file is an experiment, its grid too', () => {
    const { runs, name } = parseExperiment(filled(newFileText), 'new.experiment.json');
    expect(name).toBe('experiment');
    expect(runs[0]?.settings.method).toBe('dora');
    const errors: ParseError[] = [];
    const grid = parse(filled(newGridText), errors) as Record<string, unknown[]>;
    expect(errors).toEqual([]);
    expect(parseExperiment(JSON.stringify({ ...minimal, grid }), 'x').runs).toHaveLength(5);
  });

  test('every example and every explained choice is one that is accepted', () => {
    const accepts = (setting: string, value: unknown): void => {
      const needs = setting === 'train' ? { method: 'full' } : {};
      expect(
        parseExperiment(JSON.stringify(minimal), 'x', { ...needs, [setting]: value }).runs,
        `${setting} ${JSON.stringify(value)}`,
      ).toHaveLength(1);
    };
    for (const [setting, values] of Object.entries(examplesOf)) {
      for (const value of values) accepts(setting, value);
    }
    const { device = {}, ...others } = choiceTexts;
    for (const [setting, texts] of Object.entries(others)) {
      for (const choice of Object.keys(texts)) {
        accepts(setting, setting === 'train' ? [choice] : choice);
      }
    }
    expect(Object.keys(device)).toEqual(['auto', 'cpu', 'cuda']);
  });
});

const minimal = { name: 'x', model: 'm', data: { train: ['a.json'] } };
