// One run from its first step, or its last checkpoint, to its end.
import { join, relative } from 'node:path';
import { Failure } from '../shared/failures';
import {
  checkpointName,
  listCheckpoints,
  publishCheckpoint,
  removeOldCheckpoints,
  removeUnfinishedCheckpoints,
  type Checkpoint,
  stageCheckpoint,
} from '../runs/checkpoints';
import { readControl } from '../runs/control';
import { readEvents } from '../runs/eventReader';
import type { EventWriter } from '../runs/eventWriter';
import { runPaths } from '../runs/runPaths';
import { rankAllocation, type RankAllocation } from './adalora/rankAllocation';
import type { Engine, MachineSpeed } from './addon';
import { withAverages } from './averages';
import {
  checkpointBytes,
  fillCheckpoint,
  restoreCheckpoint,
  type CheckpointContent,
} from './checkpoint';
import { measureSlopes, stillWarning } from './diagnostics';
import type { PreparedRun } from './prepareTraining';
import { LossTrend } from './lossTrend';
import { SampleOutputs } from './sampleOutputs';
import { machineSpeed } from './plan/machineSpeed';
import { Profiler } from './profile/profiler';
import { notFiniteTensor } from './optimizerFile';
import { learningRates } from './learningRates';
import { learningRateAt } from './schedule';
import type { StatusBoard } from './statusBoard';
import type { StepBatches } from '../data/batches';

/** done: all steps; stopped: asked to, after a checkpoint; cancelled: asked to, at once. */
export type Ending = 'done' | 'stopped' | 'cancelled';

export interface TrainingRunParts {
  folder: string;
  prepared: PreparedRun;
  engine: Engine;
  events: EventWriter;
  status: StatusBoard;
  /** Aborted by a signal: finish the step, save, end. */
  stop: AbortSignal;
  /** Evaluates the tasks and appends their events; false if it was asked to stop. */
  evaluate: (step: number) => Promise<boolean>;
}

export class TrainingRun {
  /** Optimizer steps taken. */
  private done = 0;
  private savedStep = -1;
  private measuredStep = -1;
  private hasWarnedOfStill = false;
  private lastNotice: string | undefined;
  private readonly samples: SampleOutputs;
  private sampledStep = -1;
  private readonly trend = new LossTrend();
  private readonly rates: Float32Array | undefined;
  /** AdaLoRA's. */
  private readonly allocation: RankAllocation | undefined;
  private readonly profiler: Profiler;
  /** Of the last checkpoint: ends when it has appeared. */
  private saving: Promise<void> = Promise.resolve();

  constructor(private readonly parts: TrainingRunParts) {
    this.samples = new SampleOutputs(parts.engine, parts.prepared);
    this.rates = learningRates(parts.prepared.settings, parts.engine.parameters);
    this.allocation = rankAllocation(parts.engine, parts.prepared);
    const { diagnostics, threads } = parts.prepared.settings;
    const speed = (): Promise<MachineSpeed | undefined> => machineSpeed(threads);
    this.profiler = new Profiler({ ...parts, count: diagnostics.profile, speed });
  }

  async run(): Promise<Ending> {
    const { prepared, status } = this.parts;
    await this.resume();
    const { steps, epochs } = prepared.data;
    status.change({ state: 'running', step: this.done, steps, epochs, activity: undefined });
    if (this.done === 0) await this.sample();
    this.tellRanks();
    try {
      const ending = await this.trainSteps();
      await this.profiler.finish();
      if (ending !== 'cancelled') await this.checkpoint();
      return ending;
    } finally {
      await this.saving;
    }
  }

  private async trainSteps(): Promise<Ending> {
    const { prepared, folder, status } = this.parts;
    const { settings, data } = prepared;
    const { steps } = data;
    let next = this.done < steps ? data.step(this.done) : undefined;
    while (next !== undefined) {
      const asked = this.parts.stop.aborted ? 'stop' : readControl(folder);
      if (asked === 'cancel') return 'cancelled';
      if (asked === 'stop') {
        status.change({ state: 'stopping' });
        return 'stopped';
      }
      const following = this.done + 1;
      // The next batch is tokenised while the engine computes this one.
      const stepped = this.profiled(next);
      next = following < steps ? data.step(following) : undefined;
      await stepped;
      if (isTurn(this.done, settings.diagnostics.every)) {
        await this.averaged(() => this.measure());
      }
      if (isTurn(this.done, settings.checkpoints.every)) {
        await this.checkpoint();
        if (settings.evaluation.at === 'checkpoints' && this.done < steps) await this.evaluate();
      }
    }
    return 'done';
  }

  private async averaged(work: () => Promise<void>): Promise<void> {
    const { engine, prepared } = this.parts;
    await this.saving;
    return withAverages(engine, prepared.settings.training.ema, work);
  }

  private async evaluate(): Promise<void> {
    await this.saving;
    await this.parts.evaluate(this.done);
    this.parts.status.change({ activity: undefined });
  }

  private profiled(batches: StepBatches): Promise<void> {
    const tokens = batches.micro.map((batch) => batch.tokens.length);
    return this.profiler.during(this.done + 1, tokens, () => this.trainStep(batches));
  }

  private async trainStep({ micro, countedTokens, tokens }: StepBatches): Promise<void> {
    const { engine, prepared, events, status } = this.parts;
    const { training } = prepared.settings;
    const startMs = performance.now();
    let lossSum = 0;
    for (const [index, batch] of micro.entries()) {
      const seed = dropoutSeed(training.seed, this.done, index);
      // The loss is the mean over the counted tokens of all micro-batches together.
      lossSum += (await engine.accumulate(batch, 1 / countedTokens, seed)).lossSum;
    }
    // What it saves changes from here on.
    await this.saving;
    const loss = lossSum / Math.max(1, countedTokens);
    if (!Number.isFinite(loss)) throw this.notFinite('The loss', loss, this.done + 1);
    const learningRate = learningRateAt(training, this.done, prepared.data.steps);
    const update = {
      ...{ ...training, learningRate, averageDecay: training.ema, step: this.done + 1 },
      ...(this.rates && { rates: this.rates }),
    };
    // Records without a token to learn from make no step.
    const learns = countedTokens > 0;
    if (learns) await this.allocation?.beforeUpdate();
    const { gradNorm, device } = learns ? await engine.update(update) : nothingLearnt;
    if (!Number.isFinite(gradNorm))
      throw this.notFinite('The gradient norm', gradNorm, this.done + 1);
    this.done += 1;
    await this.allocation?.afterUpdate(this.done, learns);
    const seconds = (performance.now() - startMs) / 1000;
    const memoryBytes = process.memoryUsage.rss();
    const figures = { loss, gradNorm, learningRate, tokens, seconds, memoryBytes };
    const ofGpu = device && { gpuBytes: device.mostBytes, gpuHeldBytes: device.heldBytes };
    events.append({ type: 'step', step: this.done, ...figures, ...ofGpu });
    this.tellRanks();
    status.stepDone(this.done, { loss, tokens, seconds });
    const warning = this.trend.see(this.done, loss);
    if (warning !== undefined) events.append(warning);
  }

  private tellRanks(): void {
    const event = this.allocation?.takeEvent(this.done);
    if (event !== undefined) this.parts.events.append(event);
  }

  /** Found in `step`, or in what it left. */
  private notFinite(what: string, value: number, step: number): Failure {
    const { folder } = this.parts;
    const last = listCheckpoints(folder).at(-1);
    const checkpoint = last === undefined ? 'none' : relative(folder, last.folder);
    return new Failure('loss-not-finite', { what, step, value: String(value), checkpoint });
  }

  /** Goes on from the newest whole checkpoint, if there is one. */
  private async resume(): Promise<void> {
    const { folder, engine, events } = this.parts;
    const last = listCheckpoints(folder).at(-1);
    if (last === undefined) {
      // Steps of a trainer that ended before its first checkpoint count for nothing.
      if (events.isFirst) return;
      const earlier = await readEvents(folder);
      const isTold = (event: string): boolean =>
        earlier.some(({ type, step }) => type === event && step === 0);
      if (isTold('sample')) this.sampledStep = 0;
      if (isTold('ranks')) this.allocation?.restore(undefined);
      events.append({ type: 'resumed', step: 0 });
      return;
    }
    const { settings, lowRank } = this.parts.prepared;
    const principal = lowRank?.principal ?? false;
    const kept = { averages: settings.training.ema > 0, principal };
    const restored = await restoreCheckpoint(last.folder, engine, kept);
    this.done = restored.step;
    this.allocation?.restore(restored.kept);
    this.savedStep = this.done;
    this.measuredStep = this.done;
    this.sampledStep = this.done;
    const before = await readEvents(folder);
    events.append({ type: 'resumed', step: this.done });
    // A kill may fall between a checkpoint's appearance and its event.
    const isTold = before.some(({ type, step }) => type === 'checkpoint' && step === this.done);
    if (!isTold) this.tellCheckpoint(last);
  }

  private async measure(): Promise<void> {
    if (this.measuredStep === this.done) return;
    const { engine, prepared, events } = this.parts;
    const { lowRank, settings } = prepared;
    const moves = (lowRank?.dora ?? false) && settings.adapter.magnitudeLearningRate !== 0;
    const report = await measureSlopes(engine, this.done, moves);
    if (report.unmeasured !== undefined) {
      throw this.notFinite(`The weight of ${report.unmeasured}`, NaN, this.done);
    }
    for (const event of report.events) events.append(event);
    if (report.still.length > 0 && !this.hasWarnedOfStill) {
      this.hasWarnedOfStill = true;
      events.append(stillWarning(report.still, this.done));
    }
    this.measuredStep = this.done;
  }

  private async sample(): Promise<void> {
    if (this.samples.isEmpty || this.sampledStep === this.done) return;
    const { events, status } = this.parts;
    status.note('writing samples');
    events.append(await this.samples.write(this.done));
    this.sampledStep = this.done;
    status.change({ activity: undefined });
  }

  /** Says what was cut off or left out, again when it became more. */
  private warnOfRecords(): void {
    const message = this.parts.prepared.data.notice();
    if (message === undefined || message === this.lastNotice) return;
    this.lastNotice = message;
    this.parts.events.append({ type: 'warning', code: 'records-cut', message, step: this.done });
  }

  private async validate(): Promise<void> {
    const { engine, prepared, events } = this.parts;
    let lossSum = 0;
    let tokens = 0;
    for (const batch of prepared.data.validation()) {
      const part = await engine.loss(batch);
      lossSum += part.lossSum;
      tokens += part.tokens;
    }
    if (tokens > 0)
      events.append({ type: 'eval', step: this.done, loss: lossSum / tokens, tokens });
  }

  private async fill(step: number, content: CheckpointContent): Promise<void> {
    const { folder } = this.parts;
    try {
      await fillCheckpoint(stageCheckpoint(folder, step), step, content);
    } catch (error) {
      // On a full disk its room is what the next try needs.
      removeUnfinishedCheckpoints(folder);
      const tensor = notFiniteTensor(error);
      if (tensor !== undefined) throw this.notFinite(tensor, NaN, step);
      if (!(error instanceof Failure) || error.code !== 'disk-full') throw error;
      const file = join(runPaths(folder).checkpoints, checkpointName(step));
      throw new Failure('disk-full', { file, neededBytes: checkpointBytes(content) });
    }
  }

  /** Slopes, validation loss and samples, once a step; then the files, beside the passes of the next step. */
  private async checkpoint(): Promise<void> {
    if (this.savedStep === this.done) return;
    this.savedStep = this.done;
    this.warnOfRecords();
    await this.averaged(async () => {
      await this.measure();
      await this.validate();
      await this.sample();
    });
    this.saving = this.save(this.done);
    // Whoever waits for it is told.
    this.saving.catch(() => undefined);
  }

  private async save(step: number): Promise<void> {
    const { folder, engine, events, prepared } = this.parts;
    // The passes of the next step begin before the files are laid out.
    await new Promise(setImmediate);
    const { settings, lowRank } = prepared;
    await this.fill(step, {
      ...{ engine, folder: prepared.folder, lowRank, averages: settings.training.ema > 0 },
      kept: this.allocation?.kept,
    });
    await events.flush();
    this.tellCheckpoint(publishCheckpoint(folder, step));
    await removeOldCheckpoints(folder, settings.checkpoints.keep);
  }

  private tellCheckpoint({ step, folder, sizeBytes }: Checkpoint): void {
    const path = relative(this.parts.folder, folder);
    this.parts.events.append({ type: 'checkpoint', step, folder: path, sizeBytes });
  }
}

const nothingLearnt: Awaited<ReturnType<Engine['update']>> = { gradNorm: 0 };

function isTurn(step: number, every: number): boolean {
  return every > 0 && step % every === 0;
}

/** Another for every micro-batch of every step, the same when the run is repeated; below 2^53. */
function dropoutSeed(seed: number, step: number, microBatch: number): number {
  return ((seed % 0x10000) * 0x4000000 + (step % 0x4000000)) * 0x400 + (microBatch % 0x400);
}
