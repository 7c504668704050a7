// What a template of experiments is: a commented experiment file with places for what differs from user to user.
import type { Method } from '../methods';

export const templateIds = [
  ...(['commonsense', 'rank-sweep', 'half-rank', 'granularity'] as const),
  ...(['math', 'low-data', 'mt-bench'] as const),
] as const;
export type TemplateId = (typeof templateIds)[number];

/** What a template cannot know; relative to the new file, with slashes. */
export interface TemplatePlaces {
  model: string;
  /** Files of records to train on, by the file name that the template asks for. */
  trainingFile: (name: string) => string;
  /** Folder of the tasks' test files. */
  data: string;
}

export interface ExperimentTemplate {
  id: TemplateId;
  /** Of the experiment. */
  name: string;
  /** Methods that its runs train with. */
  methods: readonly Method[];
  /** Of its grid. */
  runs: number;
  /** Of records to train on: looked for in the workspace, marked by the editor where there is none. */
  trainingFiles: readonly string[];
  /** A task of it, by which the folder of tasks is found. */
  task: string;
  text: (places: TemplatePlaces) => string;
}

/** As a user without anything would lay them out. */
export const usualPlaces: TemplatePlaces = {
  model: 'models/llama-7b',
  trainingFile: (name) => `data/${name}`,
  data: 'data',
};

export function json(value: string): string {
  return JSON.stringify(value);
}
