// Perplexity of texts. A text that is longer than the window is foretold piece by piece, each token once, in the
// windows of lm-evaluation-harness: the last piece sees as much before it as fits.
import { AnswerFile } from '../runs/answerFile';
import { parsePerplexityLine, type PerplexityLine } from '../shared/perplexityLine';
import type { EvaluatedModel, EvaluationSettings, PerplexityResult, Progress } from './evaluate';
import { shortHash } from './hash';
import type { AskedPerplexity } from './taskQuestions';
import { firstToken } from './tokenPairs';

export interface Piece {
  context: number[];
  foretold: number[];
}

export async function measurePerplexity(
  { task, texts }: AskedPerplexity,
  { generator, tokenizer, fingerprint, contextLength }: EvaluatedModel,
  { file, atOnce, replace = false, onProgress, onNote, signal }: EvaluationSettings,
): Promise<PerplexityResult> {
  const start = performance.now();
  const model = shortHash(JSON.stringify([fingerprint, 'perplexity']));
  const window = task.windowLength ?? contextLength;
  const pieces = texts.flatMap((text) =>
    piecesOf(tokenizer.encodePlain(text), firstToken(tokenizer), window, task.overlap),
  );
  const hashed = pieces.map((piece, index) => {
    const promptHash = shortHash(JSON.stringify([piece.context, piece.foretold]));
    return { ...piece, index, promptHash };
  });
  const questions = new Map(hashed.map(({ index, promptHash }) => [index, promptHash]));
  const parse = parsePerplexityLine;
  const answers = new AnswerFile<PerplexityLine>(file, {
    ...{ task, parse, models: [model], questions, replace },
  });
  const asked = (): PerplexityLine[] =>
    hashed.flatMap(({ index }) => answers.known.get(index) ?? []);
  const report = (): void => onProgress?.(progressOf(asked(), pieces.length));
  try {
    if (answers.isReplaced) onNote?.(`earlier figures that cannot be mixed are now in ${file}.old`);
    const open = hashed.filter(({ index }) => !answers.known.has(index));
    report();
    for (let first = 0; first < open.length; first += atOnce) {
      signal?.throwIfAborted();
      const part = open.slice(first, first + atOnce);
      const found = await generator.logLikelihoods({
        contexts: part.map(({ context }) => Int32Array.from(context)),
        continuations: part.map(({ foretold }) => [Int32Array.from(foretold)]),
      });
      for (const [place, { index, promptHash, foretold }] of part.entries()) {
        const nats = -(found[place]?.[0]?.sum ?? NaN);
        const tokens = foretold.length;
        answers.append({ protocol: 'perplexity', index, tokens, nats, promptHash, model });
      }
      report();
    }
    signal?.throwIfAborted();
    answers.finish();
  } finally {
    answers.close();
  }
  const { nats = 0, tokens = 0 } = progressOf(asked(), pieces.length);
  const natsPerToken = nats / tokens;
  return {
    ...{ task: task.name, protocol: 'perplexity', tokens, natsPerToken },
    perplexity: Math.exp(natsPerToken),
    seconds: (performance.now() - start) / 1000,
    beyondContext: pieces.filter((one) => lengthOf(one) > contextLength).length,
  };
}

/** `overlap`: tokens of the piece before that a piece sees again. */
export function piecesOf(
  tokens: readonly number[],
  first: readonly number[],
  window: number,
  overlap: number,
): Piece[] {
  const pieces: Piece[] = [];
  // Without a token to begin with, the text's own first one cannot be foretold.
  const all = [...first, ...tokens];
  const begin = all.length - tokens.length || 1;
  const step = Math.max(1, window - overlap);
  for (let done = begin; done < all.length;) {
    const end = Math.min(all.length, done + (pieces.length === 0 ? window : step));
    const from = pieces.length === 0 ? done - 1 : Math.max(0, end - 1 - window);
    pieces.push({ context: all.slice(from, done), foretold: all.slice(done, end) });
    done = end;
  }
  return pieces;
}

/** The last foretold token is not read. */
function lengthOf({ context, foretold }: Piece): number {
  return context.length + foretold.length - 1;
}

function progressOf(lines: readonly PerplexityLine[], pieces: number): Progress {
  const sum = (of: (line: PerplexityLine) => number): number =>
    lines.reduce((total, line) => total + of(line), 0);
  return {
    ...{ done: lines.length, questions: pieces, correct: 0, extracted: lines.length },
    nats: sum(({ nats }) => nats),
    tokens: sum(({ tokens }) => tokens),
  };
}
