// JSON Schema of an experiment file, as users write it. Apart from the settings, which the extension host reads runs
// with: zod's generator is a large part of it, and the host reads the generated file instead.
import * as z from 'zod/mini';
import { experimentFile } from './experiment';

export function experimentJsonSchema(): object {
  return z.toJSONSchema(experimentFile, { io: 'input' });
}
