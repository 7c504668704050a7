// What an adapter or full fine-tuning asks of a model that the model does not have. Each refusal is noted, what it
// is about is left out, and the rest is tried again.
import type { ModelLayout } from '../../model/layout';
import { knownTargets } from '../../model/targets';
import type { ExperimentSettings, TrainablePart } from '../../shared/experiment';
import { Failure, isFailure } from '../../shared/failures';
import { nearestName } from '../../shared/nearest';
import type { AdapterModule } from '../addon';
import { adapterModules, lowRankConfig, trainedTensors, type LowRankConfig } from '../lowRank';
import { alsoTrained } from '../trainedParts';
import { addProblem, type CheckContext } from './runChecks';

export interface TrainedParts {
  adapters: AdapterModule[];
  trainedTensors: string[];
}

const mostRepairs = 30;

export function checkTrainedParts(
  context: CheckContext,
  settings: ExperimentSettings,
  layout: ModelLayout,
): TrainedParts {
  if (settings.method === 'full') {
    return { adapters: [], trainedTensors: trained(context, settings.train, layout) };
  }
  const adapters = new AdapterCheck(context, settings).run(layout);
  return { adapters, trainedTensors: besides(context, settings, { layout, adapters }) };
}

function besides(
  context: CheckContext,
  settings: ExperimentSettings,
  { layout, adapters }: { layout: ModelLayout; adapters: readonly AdapterModule[] },
): string[] {
  try {
    const placeOf = (): { file: string } => ({ file: context.file });
    return alsoTrained(settings, layout, { adapters, placeOf });
  } catch (error) {
    if (!isFailure(error)) throw error;
    addProblem(context, error, { setting: 'adapter.alsoTrain' });
    return [];
  }
}

function trained(context: CheckContext, parts: TrainablePart[], layout: ModelLayout): string[] {
  try {
    return trainedTensors(parts, layout, () => ({ file: context.file }));
  } catch (error) {
    if (!isFailure(error)) throw error;
    addProblem(context, error, { setting: 'train' });
    return [];
  }
}

class AdapterCheck {
  private readonly config: LowRankConfig;
  /** By setting: the failure of the module that allows the least, with the rank as it is written. */
  private readonly tooLarge = new Map<string, Failure<'rank-too-large'>>();

  constructor(
    private readonly context: CheckContext,
    private readonly settings: ExperimentSettings,
  ) {
    this.config = { ...lowRankConfig(settings) };
  }

  /** Of what is left when everything wrong was left out. */
  run(layout: ModelLayout): AdapterModule[] {
    let adapters: AdapterModule[] | undefined;
    for (let repairs = 0; adapters === undefined && repairs < mostRepairs; repairs += 1) {
      try {
        adapters = adapterModules(this.config, layout, () => ({ file: this.context.file }));
      } catch (error) {
        if (!isFailure(error)) throw error;
        if (!this.leaveOut(error)) break;
      }
    }
    for (const [setting, failure] of this.tooLarge) addProblem(this.context, failure, { setting });
    return adapters ?? [];
  }

  /** False when the rest could not be understood either. */
  private leaveOut(failure: Failure): boolean {
    const { context, config } = this;
    if (isOf(failure, 'target-unknown')) return this.leaveOutTarget(failure);
    if (isOf(failure, 'rank-too-large')) return this.lowerRank(failure);
    if (isOf(failure, 'layer-unknown')) {
      const { layer } = failure.data;
      const index = this.settings.adapter.layers?.indexOf(layer) ?? 0;
      addProblem(context, failure, { setting: `adapter.layers.${index}` });
      config.layers = config.layers?.filter((one) => one !== layer);
      return true;
    }
    if (isOf(failure, 'pattern-unmatched')) {
      const { setting, key } = failure.data;
      const nearest = nearestName(key, knownTargets());
      addProblem(context, failure, { setting: `${setting}.${key}`, part: 'key', nearest });
      return this.dropKey(setting, key);
    }
    if (isOf(failure, 'pattern-ambiguous')) {
      const { setting, keys } = failure.data;
      const last = keys.at(-1) ?? '';
      addProblem(context, failure, { setting: `${setting}.${last}`, part: 'key' });
      return this.dropKey(setting, last);
    }
    if (isOf(failure, 'setting-invalid')) {
      addProblem(context, failure, { setting: failure.data.setting });
      config.orthogonal = false;
      return true;
    }
    if (isOf(failure, 'settings-conflict')) {
      const { second } = failure.data;
      addProblem(context, failure, { setting: second });
      if (second === 'adapter.exclude') config.exclude = undefined;
      else config.magnitudeOnly = [];
      return true;
    }
    addProblem(context, failure, { setting: 'adapter' });
    return false;
  }

  private leaveOutTarget(failure: Failure<'target-unknown'>): boolean {
    const { target, nearest } = failure.data;
    const { targets, magnitudeOnly } = this.settings.adapter;
    if (!this.config.targets.includes(target) && this.leaveOutExclusion(failure)) return true;
    if (magnitudeOnly.includes(target)) {
      const setting = `adapter.magnitudeOnly.${magnitudeOnly.indexOf(target)}`;
      addProblem(this.context, failure, { setting, nearest });
      this.config.magnitudeOnly = this.config.magnitudeOnly?.filter((one) => one !== target) ?? [];
      return true;
    }
    const index = Array.isArray(targets) ? targets.indexOf(target) : -1;
    const setting = index < 0 ? 'adapter.targets' : `adapter.targets.${index}`;
    addProblem(this.context, failure, { setting, nearest });
    if (!Array.isArray(this.config.targets)) return false;
    this.config.targets = this.config.targets.filter((one) => one !== target);
    return this.config.targets.length > 0;
  }

  /** False when it excludes no such name. */
  private leaveOutExclusion(failure: Failure<'target-unknown'>): boolean {
    const { target, nearest } = failure.data;
    const { exclude = [] } = this.config;
    const isList = Array.isArray(exclude);
    if (!(isList ? exclude.includes(target) : exclude === target)) return false;
    const written = this.settings.adapter.exclude;
    const place = isList ? `adapter.exclude.${written.indexOf(target)}` : 'adapter.exclude';
    addProblem(this.context, failure, { setting: place, nearest });
    this.config.exclude = isList ? exclude.filter((one) => one !== target) : undefined;
    return true;
  }

  /** To what the module allows; the next one may allow less. */
  private lowerRank(failure: Failure<'rank-too-large'>): boolean {
    const { config } = this;
    const { rank, largest } = failure.data;
    const key = Object.keys(config.rankPattern).find((one) => config.rankPattern[one] === rank);
    const isPattern = rank !== config.rank && key !== undefined;
    const setting = isPattern ? `adapter.rankPattern.${key}` : this.rankSetting();
    const written = this.tooLarge.get(setting)?.data.rank ?? rank;
    this.tooLarge.set(setting, new Failure('rank-too-large', { ...failure.data, rank: written }));
    if (isPattern) config.rankPattern = { ...config.rankPattern, [key]: largest };
    else if (config.adalora) config.adalora = { ...config.adalora, initialRank: largest };
    else config.rank = largest;
    return true;
  }

  /** Of the rank that a module begins with. */
  private rankSetting(): string {
    const isOwn = this.config.adalora && this.settings.adapter.initialRank !== undefined;
    return isOwn ? 'adapter.initialRank' : 'adapter.rank';
  }

  private dropKey(setting: string, key: string): boolean {
    const without = (pattern: Record<string, number>): Record<string, number> =>
      Object.fromEntries(Object.entries(pattern).filter(([one]) => one !== key));
    if (setting === 'adapter.rankPattern') {
      this.config.rankPattern = without(this.config.rankPattern);
    } else this.config.alphaPattern = without(this.config.alphaPattern);
    return true;
  }
}

function isOf<Code extends Failure['code']>(
  failure: Failure,
  code: Code,
): failure is Failure<Code> {
  return failure.code === code;
}
