// One line of a results file: a question that a model was asked, and what came of it.

export interface Prediction {
  index: number;
  /** What the model wrote, stripped. */
  text: string;
  /** The answer found in it; empty if there is none. */
  extracted: string;
  /** The right one. */
  answer: string;
  correct: boolean;
  /** New tokens. */
  tokens: number[];
  promptHash: string;
  /** What the model was given. Files of version 0.1 lack it. */
  prompt?: string;
  /** Which model wrote it, and with which settings of generation. */
  model: string;
  /** Absent where the model wrote a text. */
  protocol?: 'choice';
  /** Of a choice: the texts, and the log-likelihood of each in nats. */
  choices?: string[];
  logLikelihoods?: number[];
}

/** Undefined for an unfinished or foreign line. */
export function parsePrediction(line: string): Prediction | undefined {
  if (line === '') return undefined;
  try {
    const value: unknown = JSON.parse(line);
    return isPrediction(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isPrediction(value: unknown): value is Prediction {
  if (typeof value !== 'object' || value === null) return false;
  const { index, correct, ...rest } = value as Record<string, unknown>;
  const texts = [rest.text, rest.extracted, rest.answer, rest.promptHash, rest.model];
  return (
    Number.isInteger(index) &&
    typeof correct === 'boolean' &&
    texts.every((text) => typeof text === 'string') &&
    (rest.protocol === undefined || rest.protocol === 'choice') &&
    (rest.prompt === undefined || typeof rest.prompt === 'string')
  );
}

/** In one line, without the words that all questions of a commonsense set begin with. */
export function shortQuestion(prompt: string): string {
  const question = questionOf(prompt).replace(/\s+/g, ' ');
  return /^Please [^:]*: (.+)$/.exec(question)?.[1] ?? question;
}

/** The question of an instruction prompt, without the words around it; the whole prompt where it has none. */
export function questionOf(prompt: string): string {
  const inner = /### Instruction:([\s\S]*?)(?:### Response:|$)/.exec(prompt)?.[1];
  return (inner ?? prompt).trim();
}
