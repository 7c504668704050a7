// A round: one prompt, answered by one model after another, so that each has the whole machine and its speed means
// something.
import { Failure, type FailureData } from '../../shared/failures';
import type { AnswerEvent, AskedModel, PlaygroundRequest } from '../../shared/playground';
import type { Engine } from '../../trainer/addon';
import { quantizationName } from '../../trainer/quantized/quantizationName';
import { failureOf } from '../output';
import { planEngines, type EnginePlan } from './enginePlan';
import type { EnginePool } from './enginePool';
import { readPrompt } from './modelPrompt';
import type { PreparedModel, PreparedModels } from './preparedModel';
import type { TokenGenerator } from './tokenGenerator';
import { writeAnswer } from './writeAnswer';

export type AskRequest = Extract<PlaygroundRequest, { kind: 'ask' }>;

export interface RoundPorts {
  models: PreparedModels;
  engines: EnginePool;
  generatorOf: (engine: Engine) => TokenGenerator;
  tell: (id: string, event: AnswerEvent) => void;
}

interface Contender {
  asked: AskedModel;
  model: PreparedModel;
  plan: EnginePlan;
  /** Ids of those that have the base's weights in the same memory. */
  sharedWith: string[];
}

export class Round {
  private readonly stopped = new Set<string>();
  private running: { id: string; generator: TokenGenerator } | undefined;

  constructor(
    private readonly request: AskRequest,
    private readonly ports: RoundPorts,
  ) {}

  /** Ends one answer, or all; those that wait are told as stopped, without a token. */
  stop(id?: string): void {
    const ids = id === undefined ? this.request.models.map((one) => one.id) : [id];
    for (const one of ids) this.stopped.add(one);
    if (this.running !== undefined && this.stopped.has(this.running.id)) {
      this.running.generator.stop();
    }
  }

  /** What goes wrong is told of the answer that it concerns. */
  async run(): Promise<void> {
    const { engines, models } = this.ports;
    const contenders = await this.prepare();
    models.keepOnly(new Set(contenders.map(({ model }) => model.key)));
    await engines.keepOnly(new Set(contenders.map(({ plan }) => plan.key)));
    for (const contender of contenders) {
      await this.guard(contender.asked.id, () => this.answer(contender));
    }
  }

  /** Those whose files are as they should be, and who shares an engine with whom. */
  private async prepare(): Promise<Contender[]> {
    const ready: { asked: AskedModel; model: PreparedModel }[] = [];
    for (const asked of this.request.models) {
      await this.guard(asked.id, async () => {
        const { tell, models } = this.ports;
        let isTold = false;
        const onQuantizing = (): void => {
          if (!isTold) tell(asked.id, { kind: 'quantising' });
          isTold = true;
        };
        ready.push({ asked, model: await models.prepare(asked, onQuantizing) });
      });
    }
    const plans = planEngines(
      ready.map(({ asked: { id }, model: { base, adapter } }) => ({
        ...{ id, base },
        modules: adapter?.modules ?? [],
        trainedTensors: adapter?.trainedTensors ?? [],
      })),
    );
    return ready.flatMap(({ asked, model }) => {
      const plan = plans.get(asked.id);
      if (plan === undefined) return [];
      const sharedWith = [...plans]
        .filter(([id, { baseKey }]) => id !== asked.id && baseKey === plan.baseKey)
        .map(([id]) => id);
      return [{ asked, model, plan, sharedWith }];
    });
  }

  private async answer({ asked, model, plan, sharedWith }: Contender): Promise<void> {
    const { id, form, before } = asked;
    const { engines, generatorOf } = this.ports;
    const { tokenizer, endTokens } = model.tokenizer;
    const { prompt: typed, system, settings } = this.request;
    const { contextLength } = model.folder.config;
    const tell = (event: AnswerEvent): void => {
      this.ports.tell(id, event);
    };
    const place = { folder: model.folder.path, tokenizer, contextLength };
    const prompt = readPrompt({ prompt: typed, form, system, before }, place);
    if (this.isStopped(id)) return;
    tell({ kind: 'loading' });
    const { engine, memoryBytes, baseBytes } = await engines.open(plan, model);
    if (this.isStopped(id)) return;
    const { quantization } = model.folder;
    tell({
      ...{ kind: 'started', promptTokens: prompt.tokens.length, contextLength },
      ...(quantization && { quantization: quantizationName(quantization) }),
      ...{ memoryBytes, baseBytes, sharedWith },
    });
    const generator = generatorOf(engine);
    this.running = { id, generator };
    const request = {
      ...{ prompt: prompt.tokens, settings, tokenizer, contextLength },
      endTokens: [...new Set([...endTokens, ...prompt.endTokens])],
      stopTexts: prompt.stopTexts,
    };
    try {
      await writeAnswer(generator, request, tell);
    } finally {
      this.running = undefined;
    }
  }

  /** And tells so. */
  private isStopped(id: string): boolean {
    if (!this.stopped.has(id)) return false;
    const figures = { tokens: 0, promptSeconds: 0, seconds: 0 };
    this.ports.tell(id, { kind: 'ended', end: 'stopped', ...figures });
    return true;
  }

  private async guard(id: string, action: () => Promise<void>): Promise<void> {
    try {
      await action();
    } catch (error) {
      const failure = toldHere(failureOf(error));
      const message = failure?.message ?? `Adapter Lab itself failed: ${String(error)}.`;
      this.ports.tell(id, { kind: 'failed', message });
    }
  }
}

/** Nobody trains here: what helps where memory is short is something else. */
function toldHere(failure: Failure | undefined): Failure | undefined {
  if (failure?.code !== 'out-of-memory') return failure;
  const { what, sizeBytes } = failure.data as FailureData['out-of-memory'];
  return new Failure('no-room-to-answer', { what, sizeBytes });
}
