// Short names of what was asked and of who answered.
import { createHash } from 'node:crypto';

/** First 16 hexadecimal digits of the sha256. */
export function shortHash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}
