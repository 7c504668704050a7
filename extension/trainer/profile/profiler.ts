// Records the first steps of a training after one that warms up, and writes what they tell into the run's `profile` folder:
// profile.md for people, trace.json for Chrome and Perfetto.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { writeAtomically } from '../../runs/atomicFile';
import { runPaths } from '../../runs/runPaths';
import type { Engine, MachineSpeed } from '../addon';
import { chromeTrace } from './chromeTrace';
import { profileText } from './profileText';
import { rowsOf, type ProfiledStep } from './profiledSteps';

export class Profiler {
  private readonly steps: ProfiledStep[] = [];
  private isWarm = false;

  constructor(
    private readonly parts: {
      folder: string;
      engine: Engine;
      /** How many steps to record. */
      count: number;
      speed: () => Promise<MachineSpeed | undefined>;
    },
  ) {}

  /** Runs a step's work, recorded if it is its turn. `tokens` of each micro-batch. */
  async during(step: number, tokens: number[], work: () => Promise<void>): Promise<void> {
    const { engine, count } = this.parts;
    if (!this.isWarm || this.steps.length === count) {
      this.isWarm = true;
      await work();
      return;
    }
    // Before recording begins, so that all that is recorded lies inside.
    const start = performance.now();
    await engine.startProfile();
    await work();
    const seconds = (performance.now() - start) / 1000;
    const profile = await engine.stopProfile();
    this.steps.push({ step, tokens, rows: rowsOf(profile), seconds, profile });
    if (this.steps.length === count) await this.write();
  }

  /** What was recorded of a training that ends before its time. */
  async finish(): Promise<void> {
    if (this.steps.length > 0 && this.steps.length < this.parts.count) await this.write();
  }

  private async write(): Promise<void> {
    const { profile } = runPaths(this.parts.folder);
    mkdirSync(profile, { recursive: true });
    writeAtomically(join(profile, 'profile.md'), profileText(this.steps, await this.parts.speed()));
    writeAtomically(join(profile, 'trace.json'), JSON.stringify(chromeTrace(this.steps)));
  }
}
