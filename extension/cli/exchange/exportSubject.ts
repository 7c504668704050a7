// What is exported: a model, or an adapter with its base, and how its card tells of it.
import { existsSync, readFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { methodName } from '../../shared/runWords';
import { methodOf } from '../../trainer/lowRank';
import { readPeftConfig } from '../../trainer/peftConfig';
import { evaluationSubject } from '../evaluationSubject';
import { readCardRun } from './cardSource';
import { modelCard, type CardSubject } from './modelCard';

export interface ExportSubject {
  /** The base, or a whole model. */
  model: string;
  adapter: string | undefined;
}

/** `base`: where `path` is an adapter that does not say where its base is. */
export function exportSubject(path: string, base: string | undefined): ExportSubject {
  if (base !== undefined) return { model: resolve(base), adapter: resolve(path) };
  const { model, adapter } = evaluationSubject(path);
  return { model, adapter };
}

/** What PEFT's own card is full of. */
const unfilled = '[More Information Needed]';

/** The README.md that somebody wrote into the folder, or one from what is known of it. */
export async function cardOf(
  { model, adapter }: ExportSubject,
  isMerged: boolean,
): Promise<string> {
  const source = adapter ?? model;
  const run = await readCardRun(source);
  if (run === undefined && !isMerged) {
    const own = join(source, 'README.md');
    const text = existsSync(own) ? readFileSync(own, 'utf8') : unfilled;
    if (!text.includes(unfilled)) return text;
  }
  if (adapter === undefined) {
    const base = run?.run.settings.model ?? basename(model);
    const kind = run === undefined ? 'copy' : 'full';
    return modelCard({ base, kind, method: 'full fine-tuning', tags: [], run });
  }
  return modelCard({
    ...describedAdapter(adapter, model),
    kind: isMerged ? 'merged' : 'adapter',
    run,
  });
}

function describedAdapter(
  adapter: string,
  model: string,
): Pick<CardSubject, 'base' | 'method' | 'tags'> {
  const config = readPeftConfig(adapter);
  const name = methodName(methodOf(config));
  return {
    base: config.baseModel ?? model,
    method: `${name} r${config.rank}`,
    // DVoRA leaves as the DoRA of the same weights.
    tags: [...new Set([...(config.vera && !config.dora ? [] : ['lora']), name.toLowerCase()])],
  };
}
