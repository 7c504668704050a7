// One line of the results of a perplexity task: a piece of text, and how well the model foretold it.

export interface PerplexityLine {
  protocol: 'perplexity';
  /** Of the piece, 0 for the first. */
  index: number;
  /** Tokens that were foretold. */
  tokens: number;
  /** Minus the sum of their log-likelihoods. */
  nats: number;
  /** Of the piece and of what was seen before it. */
  promptHash: string;
  model: string;
}

/** Undefined for an unfinished or foreign line. */
export function parsePerplexityLine(line: string): PerplexityLine | undefined {
  if (line === '') return undefined;
  try {
    const value: unknown = JSON.parse(line);
    return isPerplexityLine(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isPerplexityLine(value: unknown): value is PerplexityLine {
  if (typeof value !== 'object' || value === null) return false;
  const { protocol, index, tokens, nats, promptHash, model } = value as Record<string, unknown>;
  return (
    protocol === 'perplexity' &&
    Number.isInteger(index) &&
    [tokens, nats].every((one) => typeof one === 'number') &&
    [promptHash, model].every((one) => typeof one === 'string')
  );
}
