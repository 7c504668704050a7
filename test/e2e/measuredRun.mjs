// What a run may have been measured by beside accuracies: the perplexity of a text, and answers that a judge scored.
// Written as evaluations write it.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const wording = 1;

/** `nats` a token of a text; `scores` of an answer each. */
export function measureRun(folder, { nats, scores }) {
  const results = join(folder, 'results');
  const text = { protocol: 'perplexity', index: 0, tokens: 480, nats: 480 * nats };
  write(join(results, 'notes.jsonl'), [{ ...text, promptHash: 'piece', model: 'model' }]);
  const answers = scores.map((_, index) => answerOf(index));
  write(join(results, 'mt_bench.jsonl'), answers);
  const judgements = scores.map((score, index) => judgementOf(answers[index], score));
  write(join(results, 'judgements', 'mt_bench.jsonl'), judgements);
}

function answerOf(index) {
  const said = { question: `Question ${index + 1}?`, text: 'An answer.', prompt: 'Question?' };
  const hashes = { promptHash: `prompt ${index}`, answerHash: `answer ${index}` };
  const place = { index, id: String(index), category: 'writing', turn: 1 };
  return { ...place, ...said, tokens: [1], model: 'model', ...hashes };
}

/** Without a score: not judged. */
function judgementOf({ index, turn, answerHash, promptHash }, score) {
  const said = { judge: 'judge-model', score, text: '', tries: 1 };
  const problem = score === null ? { problem: 'no-score' } : {};
  return { index, turn, ...said, ...problem, answerHash, promptHash, wording };
}

function write(file, lines) {
  mkdirSync(join(file, '..'), { recursive: true });
  writeFileSync(file, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
}
