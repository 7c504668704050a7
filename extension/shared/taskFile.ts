// The settings of a task: one schema for each protocol, from which types, validation, defaults and the editor's
// JSON Schema derive. Users' files rely on these names: add to them, never rename.
import * as z from 'zod/mini';

/** How a task gets its figure. Those of two protocols are never put into one column or one average. */
export const protocols = ['generation', 'choice', 'perplexity', 'judged'] as const;
export type Protocol = (typeof protocols)[number];

function described<Schema extends z.ZodMiniType>(schema: Schema, description: string): Schema {
  // A copy: schemas such as `text` stand in many places, each with a meaning of its own.
  const own = z.clone(schema);
  z.globalRegistry.add(own, { description });
  return own;
}

const count = z.int().check(z.nonnegative());
const positive = z.int().check(z.positive());
const text = z.string().check(z.minLength(1));

const common = {
  $schema: described(z.optional(z.string()), 'Ignored.'),
  title: described(z.optional(text), 'What the task is called in tables; its name when left out.'),
  group: described(
    z.optional(text),
    'What it belongs to: commonsense, math, or a name of your own.',
  ),
  questions: described(
    z._default(text, 'test.json'),
    'File of the questions, beside this one: .json, .jsonl, .csv or .parquet.',
  ),
};

const questionColumns = z.strictObject({
  instruction: described(z._default(text, 'instruction'), 'Column of the question.'),
  input: described(
    z._default(text, 'input'),
    "Column of the question's own input; may be left out.",
  ),
  answer: described(z._default(text, 'answer'), 'Column of the right answer.'),
});

const asked = {
  columns: described(
    z.prefault(questionColumns, {}),
    "Field to column, where the records' columns have other names.",
  ),
  template: described(
    text,
    "paper (the paper's evaluation prompt), alpaca, or a text with {instruction} and {input}.",
  ),
};

const sampling = z.strictObject({
  temperature: described(z._default(z.number().check(z.positive()), 1), 'Above 1 is wilder.'),
  topK: described(z._default(count, 0), 'Only the so many likeliest tokens; 0: all.'),
  topP: described(
    z._default(z.number().check(z.gt(0), z.lte(1)), 1),
    'Only the likeliest tokens that together reach this probability; 1: all.',
  ),
  seed: described(z._default(count, 0), 'The same seed gives the same texts.'),
});

const beams = positive.check(z.lte(64));
const maxNewTokens = positive.check(z.lte(65_536));

const generation = z.strictObject({
  beams: described(z._default(beams, 4), 'Beams of the search; 1 is greedy.'),
  maxNewTokens: described(z._default(maxNewTokens, 32), 'Longest answer, in tokens.'),
  lengthPenalty: described(
    z._default(z.number(), 1),
    "Above 0 prefers longer texts of the search, as in transformers' generate.",
  ),
  earlyStopping: described(
    z._default(z.union([z.boolean(), z.literal('never')]), false),
    "When the search ends, as in transformers' generate.",
  ),
  sampling: described(
    z.optional(sampling),
    'Draws tokens by their probability instead of searching for the likeliest text; beams must be 1.',
  ),
  stopTexts: described(z._default(z.array(text), []), 'The answer ends before the first of them.'),
});

const patternExtraction = z.strictObject({
  pattern: described(text, 'Regular expression that matches an answer.'),
  take: described(z._default(z.enum(['first', 'last']), 'first'), 'Which of several matches.'),
  ignoreCase: described(
    z._default(z.boolean(), false),
    'Upper and lower case are the same, in the output and in the answer.',
  ),
  group: described(z._default(count, 0), 'Group of the match that is the answer; 0: all of it.'),
});

const generationFile = z.strictObject({
  ...common,
  protocol: described(
    z._default(z.literal('generation'), 'generation'),
    'The model writes an answer, which is looked for in its text and compared.',
  ),
  ...asked,
  generation: described(z.prefault(generation, {}), 'How the answer is written.'),
  extraction: described(
    z.optional(z.union([z.enum(['number', 'whole']), patternExtraction])),
    'How the answer is found: a pattern, number (the last one, without commas) or whole (all that was written).',
  ),
  metric: described(
    z._default(z.enum(['exact', 'number']), 'exact'),
    'exact: the same text; number: the same value within the tolerance.',
  ),
  tolerance: described(
    z._default(z.number().check(z.nonnegative()), 0.001),
    'Largest difference that counts as right, for the metric number.',
  ),
  reference: described(
    z._default(z.enum(['asIs', 'extracted']), 'asIs'),
    'extracted: the right answer is looked for in its column in the same way, e.g. in a worked solution.',
  ),
  pattern: described(z.optional(text), 'Short for an extraction with this pattern.'),
  beams: described(z.optional(beams), 'Short for generation.beams.'),
  maxNewTokens: described(z.optional(maxNewTokens), 'Short for generation.maxNewTokens.'),
});

const choices = z.union([
  z.array(text).check(z.minLength(2)),
  z.strictObject({ columns: described(z.array(text).check(z.minLength(2)), 'A choice each.') }),
  z.strictObject({ column: described(text, 'Column with a list of texts.') }),
  z.strictObject({
    pattern: described(
      text,
      'Regular expression whose matches in the instruction are the choices: the first group of each.',
    ),
  }),
]);

const choiceFile = z.strictObject({
  ...common,
  protocol: described(
    z.literal('choice'),
    'The likeliest of several given texts is the answer; nothing is written.',
  ),
  ...asked,
  question: described(
    z.optional(text),
    'Regular expression whose first group in the instruction is the question, without its choices.',
  ),
  choices: described(
    choices,
    'The texts to choose from: a list, {columns}, {column} or {pattern}.',
  ),
  answerIs: described(
    z._default(z.enum(['text', 'number', 'index', 'letter']), 'text'),
    'What the answer column holds: the text of a choice; a number from 1, also within a word (answer2); an index from 0; a letter from A.',
  ),
  normalise: described(
    z._default(z.enum(['none', 'length']), 'none'),
    'length: log-likelihoods are divided by the characters of the choice, as acc_norm does.',
  ),
  delimiter: described(z._default(z.string(), ' '), 'Between the prompt and a choice.'),
  blank: described(
    z.optional(text),
    'The choices are put in the place of this text, and what follows it is measured.',
  ),
});

const perplexityFile = z.strictObject({
  ...common,
  protocol: described(
    z.literal('perplexity'),
    'How well the model foretells a text: nats a token, and their exponential. No accuracy.',
  ),
  questions: described(
    z._default(text, 'test.txt'),
    'File of the text, beside this one: .txt (one text), .json, .jsonl, .csv or .parquet.',
  ),
  columns: described(
    z.prefault(
      z.strictObject({ text: described(z._default(text, 'text'), 'Column of the text.') }),
      {},
    ),
    "Field to column, where the records' columns have other names.",
  ),
  windowLength: described(
    z.optional(positive.check(z.gte(2))),
    "Longest piece in tokens; the model's context when left out.",
  ),
  overlap: described(
    z._default(count, 0),
    'Tokens of the piece before that each piece sees again, uncounted.',
  ),
});

const temperature = z.number().check(z.nonnegative());

const conversation = z.strictObject({
  maxNewTokens: described(z._default(maxNewTokens, 1024), 'Longest answer, in tokens.'),
  temperature: described(z._default(temperature, 0), '0 is greedy; above 1 is wilder.'),
  temperatures: described(
    z._default(z.record(text, temperature), {}),
    'Category to temperature, where a category has its own.',
  ),
  topK: described(z._default(count, 0), 'Only the so many likeliest tokens; 0: all.'),
  topP: described(
    z._default(z.number().check(z.gt(0), z.lte(1)), 1),
    'Only the likeliest tokens that together reach this probability; 1: all.',
  ),
  seed: described(z._default(count, 0), 'The same seed gives the same texts.'),
  stopTexts: described(z._default(z.array(text), []), 'An answer ends before the first of them.'),
});

const judgedFile = z.strictObject({
  ...common,
  protocol: described(
    z.literal('judged'),
    'The model answers conversations, and another model grades each answer from 1 to 10. No accuracy.',
  ),
  questions: described(
    z._default(text, 'question.jsonl'),
    'File of the conversations, beside this one: {question_id, category, turns, reference}, as MT-Bench publishes its own.',
  ),
  template: described(
    z._default(text, 'auto'),
    "auto (the template that the run was trained with, else the model's own chat template, else alpaca), chat, paper, alpaca, or a text with {instruction}.",
  ),
  generation: described(z.prefault(conversation, {}), 'How an answer is written.'),
});

export const taskSchemas = {
  generation: generationFile,
  choice: choiceFile,
  perplexity: perplexityFile,
  judged: judgedFile,
};

type Generation = z.infer<typeof generation>;
export type PatternExtraction = z.infer<typeof patternExtraction>;
export type Extraction = 'number' | 'whole' | PatternExtraction;
export type Choices = z.infer<typeof choices>;
export type GenerationSettings = Generation;

type Resolved<File, Short extends string = never> = Omit<File, '$schema' | Short>;
export type GenerationTaskSettings = Resolved<
  z.infer<typeof generationFile>,
  'pattern' | 'beams' | 'maxNewTokens' | 'extraction'
> & { extraction: Extraction };
export type ChoiceTaskSettings = Resolved<z.infer<typeof choiceFile>>;
export type PerplexityTaskSettings = Resolved<z.infer<typeof perplexityFile>>;
export type JudgedTaskSettings = Resolved<z.infer<typeof judgedFile>>;
export type TaskSettings =
  GenerationTaskSettings | ChoiceTaskSettings | PerplexityTaskSettings | JudgedTaskSettings;

/** A task as it is written. */
export type TaskFile =
  | z.input<typeof generationFile>
  | z.input<typeof choiceFile>
  | z.input<typeof perplexityFile>
  | z.input<typeof judgedFile>;
