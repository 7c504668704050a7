// What is squiggled in a task.json: where, and with which sentence.
import { expect, test } from 'vitest';
import { newTaskText } from '../../../extension/host/taskEditor/newTask';
import { taskProblems } from '../../../extension/host/taskEditor/taskProblems';

function shown(text: string): [string, string][] {
  return taskProblems(text).map(({ span, message }) => [text.slice(span.start, span.end), message]);
}

test('a pattern that does not compile is squiggled where it stands', () => {
  const advice = 'correct it, and put "\\\\" before signs that are meant as themselves.';
  expect(shown('{\n  "template": "paper",\n  "pattern": "(yes|no" // open\n}')).toEqual([
    ['"(yes|no"', `"pattern" does not compile (Unterminated group): ${advice}`],
  ]);
  expect(shown('{ "template": "paper", "extraction": { "pattern": "[a", "group": 1 } }')).toEqual([
    ['"[a"', `"extraction.pattern" does not compile (Unterminated character class): ${advice}`],
  ]);
  expect(shown('{ "template": "paper", "pattern": "yes", "extraction": "number" }')).toEqual([
    ['"yes"', '"pattern" cannot be set beside "extraction".'],
  ]);
  expect(
    shown('{ "template": "paper", "extraction": { "pattern": "a", "group": 1 } }')[0]?.[1],
  ).toBe('"extraction.pattern" has no group, but group 1 is the answer.');
});

test('every problem is told once, at its setting', () => {
  const text = `{
    "patern": "a",
    "pattern": "a)",
    "metric": "exakt",
    "generation": { "beams": 0, "maxNewTokens": "many" },
    "template": "no instruction"
  }`;
  const found = shown(text);
  expect(found).toHaveLength(6);
  expect(found.map(([place]) => place)).toEqual([
    ...['"patern"', '"a)"', '"exakt"', '0', '"many"', '"no instruction"'],
  ]);
  const sentences = found.map(([, sentence]) => sentence).join('\n');
  expect(sentences).toContain('A task has no setting "patern": did you mean "pattern"?');
  expect(sentences).toContain('"metric" must be exact, number, not "exakt".');
  expect(sentences).toContain('"generation.beams" must be above 0, not 0.');
  expect(sentences).toContain('"template" must be paper, alpaca or a text with {instruction}');
});

test('what is missing is told at the nearest place that is there', () => {
  expect(shown('// mine\n{ "template": "paper" }')).toEqual([
    ['{', '"pattern" is missing (or "extraction").'],
  ]);
  expect(shown('{ "template": "paper", "protocol": "choice", "choices": ["a"] }')[0]?.[0]).toBe(
    '["a"]',
  );
  expect(shown('{ "template": "paper", "extraction": { "take": "last" } }')[0]?.[0]).toBe(
    '"extraction"',
  );
});

test('a template that is missing is told before all else', () => {
  expect(shown('{ "pattern": "(" }')).toEqual([['{', '"template" is missing.']]);
});

test('nothing is said of what is right, or of what is no JSON yet', () => {
  expect(shown(newTaskText(['question']))).toEqual([]);
  expect(shown('{ "protocol": "judged" }')).toEqual([]);
  for (const text of ['', '[]', '{ "pattern": ']) expect(shown(text)).toEqual([]);
});
