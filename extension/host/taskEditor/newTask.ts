// The text of a new task.json: everything that a task can say, with what it means. Free of VS Code.

export function newTaskText(columns: readonly string[]): string {
  return `// A task: how questions are asked, how an answer is found, and what counts as right.
// It is called as this folder; experiments name it in "evaluation": { "tasks": [...] }.
{
  // generation: the model writes an answer. choice: the likeliest of given texts.
  // perplexity: how well the model foretells a text.
  "protocol": "generation",

  // Beside this file: .json, .jsonl, .csv or .parquet.
  "questions": "test.json",
  // Which column holds what.
  "columns": {
    "instruction": ${quoted(columns, ['instruction', 'question', 'prompt'])},
    "answer": ${quoted(columns, ['answer', 'output', 'label'])}
  },

  // paper (the evaluation prompt of the DoRA paper), alpaca, or a text like this one.
  "template": "Question: {instruction}\\nAnswer:",

  // 1 beam is greedy. The answer ends before the first of the stop texts.
  "generation": { "beams": 1, "maxNewTokens": 32, "stopTexts": ["\\n\\n"] },

  // What an answer looks like: the first or last match of a regular expression,
  // or "number" (the last one), or "whole" (all that was written).
  "extraction": { "pattern": "yes|no", "take": "first", "ignoreCase": true },

  // exact: the same text. number: the same value, within "tolerance".
  "metric": "exact",

  // Tasks of one group are averaged together.
  "group": "mine"
}
`;
}

/** The first of the names that is a column. */
function quoted(columns: readonly string[], names: readonly [string, ...string[]]): string {
  return JSON.stringify(names.find((name) => columns.includes(name)) ?? names[0]);
}

/** Records for a new task, for the user to replace. */
export const newTaskQuestions = `[
  { "instruction": "Is ice cold? Answer yes or no.", "answer": "yes" },
  { "instruction": "Can a stone swim? Answer yes or no.", "answer": "no" }
]
`;
