// A run as the sidebar shows it, for tests of what is told about runs.
import type { RunView } from '../../../extension/host/runModel';
import { experimentSettings } from '../../../extension/shared/experiment';
import { type Method } from '../../../extension/shared/methods';
import type { TagsFile } from '../../../extension/runs/tags';
import type { StatusFile } from '../../../extension/shared/run';

export const now = new Date('2026-03-01T12:00:00Z');

/** English, as the editor shows it without a translation. */
export const t = (message: string, ...values: (string | number)[]): string =>
  message.replace(/\{(\d)\}/g, (_, index: string) => String(values[Number(index)]));

export interface MadeView {
  id: string;
  experiment?: string;
  method?: Method;
  varied?: Record<string, unknown>;
  status?: Partial<StatusFile>;
  tags?: Partial<TagsFile>;
  /** Sections of the experiment file. */
  settings?: Record<string, unknown>;
}

/** A DoRA run at step 40 of 200, unless said otherwise. */
export function makeView({
  id,
  experiment = 'boolq',
  method = 'dora',
  varied = {},
  status = {},
  tags = {},
  settings: sections = {},
}: MadeView): RunView {
  const settings = experimentSettings.parse({
    name: experiment,
    model: 'models/tiny',
    data: { train: ['train.json'] },
    method,
    ...sections,
  });
  return {
    folder: `/w/runs/${id}`,
    run: {
      format: 1,
      id,
      experiment,
      experimentFile: `/w/${experiment}.experiment.json`,
      created: `2026-03-01T11:0${id}:00Z`,
      settings,
      varied,
      versions: {},
      gitCommit: null,
      model: [],
      data: [],
    },
    status: {
      format: 1,
      state: 'running',
      step: 40,
      steps: 200,
      loss: 0.41234,
      tokensPerSecond: 812.4,
      secondsLeft: 720,
      pid: 1,
      host: 'here',
      heartbeat: '2026-03-01T11:59:50Z',
      ...status,
    },
    tags: { format: 1, star: false, tags: [], notes: '', ...tags },
  };
}

export function withStatus(view: RunView, status: Partial<StatusFile>): RunView {
  return { ...view, status: { ...view.status, ...status } };
}
