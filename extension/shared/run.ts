// What a run folder holds: the types of its files, checked when they are read. Scripts rely on these names.
import * as z from 'zod/mini';
import { experimentSettings } from './experiment';
import { runStates } from './runStates';

export { effectiveEvents } from './effectiveEvents';
export { activeStates, runStates, type RunState } from './runStates';

const format = z.literal(1);
const fingerprint = z.object({ file: z.string(), sha256: z.string() });

/** run.json: written once by the launcher. */
export const runFile = z.object({
  format,
  id: z.string(),
  /** Name of the experiment. */
  experiment: z.string(),
  /** Absolute path of the experiment file; paths in `settings` are relative to its folder. */
  experimentFile: z.string(),
  /** ISO time. */
  created: z.string(),
  settings: experimentSettings,
  /** What the grid varied, dotted setting to value. */
  varied: z.record(z.string(), z.unknown()),
  versions: z.record(z.string(), z.string()),
  /** Of the experiment's folder; null outside a repository. */
  gitCommit: z.nullable(z.string()),
  model: z.array(fingerprint),
  data: z.array(fingerprint),
  /** Values that are trained, and all values of the base model; files of version 0.1 lack them. */
  trainable: z.optional(z.number()),
  /** Trained values that the base model does not have; where they are left out, `addedValues` tells them. */
  added: z.optional(z.number()),
  parameters: z.optional(z.number()),
});
export type RunFile = z.infer<typeof runFile>;

/** A failure as files and pages carry it. */
const failureRecord = z.object({
  code: z.string(),
  message: z.string(),
  data: z.optional(z.record(z.string(), z.unknown())),
});
export type FailureRecord = z.infer<typeof failureRecord>;

/** status.json: replaced atomically by the trainer. */
export const statusFile = z.object({
  format,
  state: z.enum(runStates),
  step: z.number(),
  /** Steps of the whole run, 0 until known. */
  steps: z.number(),
  /** Passes over the data that the whole run makes. */
  epochs: z.optional(z.number()),
  loss: z.nullable(z.number()),
  tokensPerSecond: z.nullable(z.number()),
  secondsLeft: z.nullable(z.number()),
  pid: z.nullable(z.number()),
  host: z.nullable(z.string()),
  /** ISO time of the last sign of life. */
  heartbeat: z.string(),
  /** What the run is doing: "loading the model", "evaluating boolq". */
  activity: z.optional(z.string()),
  failure: z.optional(failureRecord),
});
export type StatusFile = z.infer<typeof statusFile>;

const moduleChange = z.object({ name: z.string(), deltaM: z.number(), deltaD: z.number() });
const slopeFit = z.object({
  /** q_proj, up_proj, ... or "all". */
  module: z.string(),
  /** Least squares of deltaM on deltaD; null where it is not defined. */
  slope: z.nullable(z.number()),
  correlation: z.nullable(z.number()),
  points: z.number(),
  /** 95 % bootstrap interval of the correlation. */
  interval: z.nullable(z.tuple([z.number(), z.number()])),
});
export type SlopeFit = z.infer<typeof slopeFit>;

/** Of some answers of a judged task. */
const scoreFigure = {
  judged: z.number(),
  notJudged: z.number(),
  score: z.nullable(z.number()),
};

/** Questions of a task that were answered at a step. */
const accuracyFigure = {
  step: z.number(),
  task: z.string(),
  /** Of the task's document: with which it is averaged. */
  group: z.optional(z.string()),
  n: z.number(),
  correct: z.number(),
  accuracy: z.number(),
  seconds: z.number(),
};

const base = { seq: z.number() };
export const runEvent = z.discriminatedUnion('type', [
  z.object({
    ...base,
    type: z.literal('step'),
    step: z.number(),
    /** Nats, mean over the counted tokens. */
    loss: z.number(),
    /** Before clipping. */
    gradNorm: z.number(),
    learningRate: z.number(),
    /** Without padding. */
    tokens: z.number(),
    seconds: z.number(),
    /** Of the trainer's process, after the step. */
    memoryBytes: z.optional(z.number()),
    /** Of the GPU's memory, where one computes: the most in use since the step before, and what the trainer holds of it. */
    gpuBytes: z.optional(z.number()),
    gpuHeldBytes: z.optional(z.number()),
  }),
  z.object({
    ...base,
    type: z.literal('eval'),
    step: z.number(),
    loss: z.number(),
    tokens: z.number(),
  }),
  z.object({
    ...base,
    type: z.literal('slope'),
    step: z.number(),
    modules: z.array(moduleChange),
    fits: z.array(slopeFit),
  }),
  /** AdaLoRA: modules whose rank is another than was told last; all of them at step 0. */
  z.object({
    ...base,
    type: z.literal('ranks'),
    step: z.number(),
    modules: z.array(z.object({ name: z.string(), rank: z.number() })),
  }),
  z.object({
    ...base,
    type: z.literal('checkpoint'),
    step: z.number(),
    /** Relative to the run folder. */
    folder: z.string(),
    sizeBytes: z.number(),
  }),
  z.object({
    ...base,
    type: z.literal('accuracy'),
    ...accuracyFigure,
  }),
  /** Answers of a judged task: a score from 1 to 10 and no accuracy. Null where nothing was judged. */
  z.object({
    ...base,
    type: z.literal('judged'),
    step: z.number(),
    task: z.string(),
    /** Name of the judge's model; null where none was named. */
    judge: z.nullable(z.string()),
    /** Answers. */
    n: z.number(),
    judged: z.number(),
    notJudged: z.number(),
    score: z.nullable(z.number()),
    interval: z.nullable(z.object({ low: z.number(), high: z.number() })),
    turns: z.array(z.object({ turn: z.number(), ...scoreFigure })),
    categories: z.array(z.object({ category: z.string(), ...scoreFigure })),
    seconds: z.number(),
  }),
  /** Multiple choice by log-likelihood: another protocol, which no average of the accuracies above counts. */
  z.object({
    ...base,
    type: z.literal('choice'),
    ...accuracyFigure,
  }),
  /** Of a text: how well the model foretells it. */
  z.object({
    ...base,
    type: z.literal('perplexity'),
    step: z.number(),
    task: z.string(),
    /** Foretold ones. */
    tokens: z.number(),
    natsPerToken: z.number(),
    seconds: z.number(),
  }),
  /** What the model wrote, greedily, on prompts that stay the same over the run; step 0 is before training. */
  z.object({
    ...base,
    type: z.literal('sample'),
    step: z.number(),
    samples: z.array(z.object({ prompt: z.string(), text: z.string() })),
  }),
  /** The trainer went on from a checkpoint: later events of steps after `step` that stand before this one are void. */
  z.object({ ...base, type: z.literal('resumed'), step: z.number() }),
  z.object({
    ...base,
    type: z.literal('warning'),
    code: z.string(),
    message: z.string(),
    step: z.optional(z.number()),
    /** What it is about, such as a task's name. */
    data: z.optional(z.record(z.string(), z.unknown())),
  }),
  z.object({
    ...base,
    type: z.literal('failure'),
    failure: failureRecord,
    step: z.optional(z.number()),
  }),
]);
export type RunEvent = z.infer<typeof runEvent>;
export type RunEventType = RunEvent['type'];
export type EventOf<T extends RunEventType> = Extract<RunEvent, { type: T }>;

/** An event before the writer numbers it. */
export type NewRunEvent = { [T in RunEventType]: Omit<EventOf<T>, 'seq'> }[RunEventType];

/** `20261124T021504Z-dora-r32-9f3a51c0`; full fine-tuning has rank 0. */
export function makeRunId(now: Date, method: string, rank: number, suffix: string): string {
  const time = now.toISOString().replace(/[-:]/g, '').replace(/\.\d+/, '');
  return `${time}-${method}-r${rank}-${suffix}`;
}
