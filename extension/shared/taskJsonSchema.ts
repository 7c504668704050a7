// JSON Schema of a task.json, as users write it.
import * as z from 'zod/mini';
import { taskSchemas } from './taskFile';

export function taskJsonSchema(): object {
  const { generation, choice, perplexity, judged } = taskSchemas;
  return z.toJSONSchema(z.union([generation, choice, perplexity, judged]), { io: 'input' });
}
