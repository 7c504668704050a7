// The experiment's JSON Schema, for defaults and meanings of settings; read once, when a page or a command first needs it.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { SettingSchema } from '../shared/settingRows';

let reading: Promise<SettingSchema> | undefined;

export function readExperimentSchema(extensionFolder: string): Promise<SettingSchema> {
  reading ??= readFile(join(extensionFolder, 'dist', 'experiment.schema.json'), 'utf8').then(
    (text) => JSON.parse(text) as SettingSchema,
  );
  return reading;
}
