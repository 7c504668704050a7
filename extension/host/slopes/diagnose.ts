// Measures an adapter, or a fine-tuned model, against its base, in a process of its own.
import { basename, join } from 'node:path';
import { l10n } from 'vscode';
import { cancellableWork } from '../cancellableWork';
import { refusalOf } from '../refusal';
import type { Services } from '../services';
import { DiagnosisStore, type Measurement } from './diagnosisStore';
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
    measure(services, subject, signal),
  );
  if (measurement === undefined) return false;
  diagnosisStore(services).keep(subject, measurement, new Date());
  return true;
}

async function measure(
  { programs, output }: Services,
  { base, adapter }: DiagnosisSubject,
  signal: AbortSignal,
): Promise<Measurement> {
  const parameters = ['slopes', base, adapter, '--json'];
  output.info(parameters.join(' '));
  const { code, stdout, stderr } = await programs.run(parameters, { signal });
  if (stderr !== '') output.info(stderr.trimEnd());
  if (code !== 0) throw new Error(refusalOf(stdout, stderr).message);
  return JSON.parse(stdout) as Measurement;
}
