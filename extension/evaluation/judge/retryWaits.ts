// How long to wait before a judge is asked once more.

const firstWaitMs = 1000;
const longestBackoffMs = 60_000;

/** Doubles with each attempt, from 1; spread by chance, so that callers do not come back all at once. */
export function backoffMs(attempt: number, random: () => number): number {
  const most = Math.min(longestBackoffMs, firstWaitMs * 2 ** (attempt - 1));
  return most * (0.5 + 0.5 * random());
}

/** Seconds, or a date; undefined for anything else. */
export function retryAfterMs(header: string | null, nowMs: number): number | undefined {
  const text = header?.trim() ?? '';
  if (/^\d+(\.\d+)?$/.test(text)) return 1000 * Number(text);
  const dateMs = /[a-z]/i.test(text) ? Date.parse(text) : NaN;
  return Number.isNaN(dateMs) ? undefined : Math.max(0, dateMs - nowMs);
}

/** Rejects with the signal's reason when it aborts. */
export function pause(waitMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      clearTimeout(timer);
      reject(asError(signal.reason));
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', stop);
      resolve();
    }, waitMs);
    signal.addEventListener('abort', stop, { once: true });
    if (signal.aborted) stop();
  });
}

function asError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error(String(reason));
}
