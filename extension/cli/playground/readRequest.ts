// A line of the playground's input, checked: it may come from anybody's program.
import * as z from 'zod/mini';
import { quantizationOfName } from '../../trainer/quantized/quantizationName';
import type { PlaygroundRequest } from '../../shared/playground';

const count = (least: number) => z.int().check(z.minimum(least));

const settings = z.object({
  isSampled: z.boolean(),
  temperature: z.number().check(z.positive()),
  topK: count(0),
  topP: z.number().check(z.positive(), z.maximum(1)),
  seed: count(0),
  maxNewTokens: count(1),
});

const model = z.object({
  id: z.string(),
  model: z.string(),
  adapter: z.optional(z.string()),
  form: z.string(),
  quantize: z.optional(
    z.string().check(
      z.refine((text) => text === 'none' || quantizationOfName(text) !== undefined, {
        error: 'must be none, nf4, nf4-double, or with a block size nf4-128',
      }),
    ),
  ),
  before: z.optional(z.array(z.object({ prompt: z.string(), answer: z.string() }))),
});

const request = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('ask'),
    round: z.int(),
    prompt: z.string(),
    system: z.optional(z.string()),
    settings,
    models: z.array(model),
  }),
  z.object({ kind: z.literal('stop'), id: z.optional(z.string()) }),
]);

export function readRequest(line: string): PlaygroundRequest | { problem: string } {
  try {
    const { data, error } = request.safeParse(JSON.parse(line));
    if (error === undefined) return data;
    const [issue] = error.issues;
    const place = issue?.path.join('.') ?? '';
    return { problem: `The request cannot be understood: "${place}" ${issue?.message ?? ''}.` };
  } catch (error) {
    return { problem: `The request is not JSON: ${String(error)}.` };
  }
}
