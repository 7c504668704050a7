// Diagnoses that were measured, kept for the pages that show them: measuring a large model takes minutes.
// Free of VS Code.
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { checkpointStep } from '../../runs/checkpoints';
import { writeAtomically } from '../../runs/atomicFile';
import type { SlopesPageState } from '../../shared/pages/slopesPage';
import type { SlopeFit } from '../../shared/run';
import type { ModuleChange } from '../../shared/slopeFits';
import type { DiagnosisSubject } from './subject';

/** As the command line prints it. */
export interface Measurement {
  modules: ModuleChange[];
  fits: SlopeFit[];
}

interface Kept extends DiagnosisSubject, Measurement {
  format: 1;
  /** ISO time. */
  measured: string;
}

export class DiagnosisStore {
  constructor(private readonly folder: string) {}

  keep(subject: DiagnosisSubject, measurement: Measurement, now: Date): void {
    const kept: Kept = { format: 1, ...subject, measured: now.toISOString(), ...measurement };
    mkdirSync(this.folder, { recursive: true });
    writeAtomically(this.fileOf(subject), JSON.stringify(kept));
  }

  /** What is known of it, as a page shows it. */
  state(subject: DiagnosisSubject): SlopesPageState {
    const kept = this.read(subject);
    const { base, adapter } = subject;
    const diagnosis = { base, adapter, measured: kept?.measured };
    const runs = kept === undefined ? [] : [runOf(kept)];
    return { runs, diagnosis, step: undefined, leftOut: 0 };
  }

  private read(subject: DiagnosisSubject): Kept | undefined {
    try {
      const kept = JSON.parse(readFileSync(this.fileOf(subject), 'utf8')) as Kept;
      return Array.isArray(kept.modules) && Array.isArray(kept.fits) ? kept : undefined;
    } catch {
      // Not measured yet, or unreadable: it is measured again.
      return undefined;
    }
  }

  private fileOf({ base, adapter }: DiagnosisSubject): string {
    const name = createHash('sha256')
      .update(JSON.stringify([base, adapter]))
      .digest('hex');
    return join(this.folder, `${name.slice(0, 32)}.json`);
  }
}

function runOf({ adapter, modules, fits }: Kept): SlopesPageState['runs'][number] {
  const step = checkpointStep(basename(adapter)) ?? 0;
  const sample = {
    step,
    deltaD: modules.map(({ deltaD }) => deltaD),
    deltaM: modules.map(({ deltaM }) => deltaM),
    fits,
  };
  return {
    folder: adapter,
    label: basename(adapter),
    experiment: '',
    method: undefined,
    ...{ state: undefined, step, steps: 0, every: 0 },
    names: modules.map(({ name }) => name),
    samples: [sample],
    problem: undefined,
  };
}
