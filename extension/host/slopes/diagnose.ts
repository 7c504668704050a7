// Measures an adapter, or a fine-tuned model, against its base, in a process of its own.
import { basename, join } from 'node:path';
import { l10n } from 'vscode';
import { cancellableWork } from '../cancellableWork';
import type { Services } from '../services';
import { DiagnosisStore, type Measurement } from './diagnosisStore';
import { runMeasurement } from './runMeasurement';
import type { DiagnosisSubject } from './subject';

/** With the workspace; where there is none, with the extension. */
export function diagnosisStore({ context }: Services): DiagnosisStore {
  const { fsPath } = context.storageUri ?? context.globalStorageUri;
  return new DiagnosisStore(join(fsPath, 'diagnoses'));
}

/** False if the user ended it; what the command line refuses is thrown, with its sentence. */
export async function measureDiagnosis(
  services: Services,
  subject: DiagnosisSubject,
): Promise<boolean> {
  const title = l10n.t('Measuring {0}', basename(subject.adapter));
  const measurement = await cancellableWork(title, ({ signal }) =>
    runMeasurement<Measurement>(services, ['slopes', subject.base, subject.adapter], signal),
  );
  if (measurement === undefined) return false;
  diagnosisStore(services).keep(subject, measurement, new Date());
  return true;
}
