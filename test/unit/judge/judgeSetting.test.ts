// evaluation.judge of an experiment, and the URLs that it may hold.
import { describe, expect, test } from 'vitest';
import { parseExperiment } from '../../../extension/shared/experimentFile';
import { judgeUrlProblem } from '../../../extension/shared/judging/judgeUrl';

function parse(judge: object) {
  const evaluation = { tasks: ['mt_bench'], judge };
  const experiment = { name: 'a', model: 'm', data: { train: ['t.json'] }, evaluation };
  return parseExperiment(JSON.stringify(experiment, null, 1), 'a.experiment.json');
}

test('is kept as it is written, and may be left out', () => {
  const judge = { url: 'http://localhost:8000/v1', model: 'judge-a' };
  expect(parse(judge).runs[0]?.settings.evaluation.judge).toEqual(judge);
  const text = '{"name": "a", "model": "m", "data": {"train": ["t.json"]}}';
  expect(parseExperiment(text, 'a').runs[0]?.settings.evaluation.judge).toBeUndefined();
});

test.each([
  [{ url: 'localhost', model: 'a' }, 'line 14: "evaluation.judge.url" must be a URL such as'],
  [{ url: 'https://me:word@x.org', model: 'a' }, 'holds a name or a password'],
  [{ url: 'https://x.org', model: '' }, '"evaluation.judge.model" must not be empty'],
  [{ url: 'https://x.org' }, '"evaluation.judge.model" is missing'],
  [{ url: 'https://x.org', model: 'a', key: 'sk-1' }, 'evaluation.judge.key'],
])('%j is refused', (judge, problem) => {
  expect(() => parse(judge)).toThrow(problem);
});

describe('a URL', () => {
  test.each([
    'http://localhost:8000/v1',
    'https://api.openai.com/v1',
    'HTTP://HOST',
    'http://127.0.0.1:1234',
    'http://[::1]:8000/v1',
    'https://x.org/a?api-version=2026-01-01',
    'https://x.org/@team/v1',
  ])('%s is one', (url) => {
    expect(judgeUrlProblem(url)).toBeUndefined();
  });

  test.each([
    '',
    'x.org',
    'ftp://x.org',
    'http://',
    'http:// x',
    'http://a b/',
    'https://x.org:port',
  ])('%j is none', (url) => {
    expect(judgeUrlProblem(url)).toContain('must be a URL');
  });
});
