import { describe, expect, it } from 'vitest';
import { parseFilter, splitTerms } from '../../../extension/host/runFilter';
import { makeView } from './runView';

const lora = makeView({
  id: '1',
  method: 'lora',
  status: { state: 'done', loss: 0.3 },
  tags: { name: 'Small Steps', star: true, tags: ['Keep', 'for paper'], notes: 'Lower rate.' },
  settings: { adapter: { rank: 8 }, training: { learningRate: 1e-4, schedule: 'cosine' } },
});
const dora = makeView({ id: '2', experiment: 'quiz', status: { state: 'running', loss: 1.5 } });
const full = makeView({ id: '3', method: 'full', status: { state: 'failed', loss: null } });

function found(filter: string): string {
  const accepts = parseFilter(filter);
  return [lora, dora, full]
    .filter(accepts)
    .map(({ run }) => run.id)
    .join(' ');
}

describe('words', () => {
  it('are looked for in names, ids, tags, notes and settings, whatever their case', () => {
    expect(found('small')).toBe('1');
    expect(found('LOWER')).toBe('1');
    expect(found('quiz')).toBe('2');
    expect(found('cosine')).toBe('1');
    expect(found('models/tiny')).toBe('1 2 3');
  });

  it('must all occur; quoted ones as they stand', () => {
    expect(found('lora keep')).toBe('1');
    expect(found('lora quiz')).toBe('');
    expect(found('"small steps"')).toBe('1');
    expect(found('"steps small"')).toBe('');
  });

  it('that look like a term and are none are words', () => {
    expect(found('http://x')).toBe('');
    expect(parseFilter('a:b')(makeView({ id: '1', tags: { notes: 'see a:b' } }))).toBe(true);
  });

  it('exclude with a minus', () => {
    expect(found('-quiz')).toBe('1 3');
    expect(found('-state:failed -is:starred')).toBe('2');
  });
});

describe('terms', () => {
  it('ask for states and marks', () => {
    expect(found('is:starred')).toBe('1');
    expect(found('is:active')).toBe('2');
    expect(found('is:ended')).toBe('1 3');
    expect(found('state:failed')).toBe('3');
    expect(found('state:failed,done')).toBe('1 3');
    expect(found('state:fail')).toBe('3');
    expect(found('has:notes')).toBe('1');
  });

  it('ask for tags by their whole name', () => {
    expect(found('tag:keep')).toBe('1');
    expect(found('tag:kee')).toBe('');
    expect(found('tag:"for paper"')).toBe('1');
  });

  it('ask for methods by either name', () => {
    expect(found('method:full')).toBe('3');
    expect(found('method:FT')).toBe('3');
    expect(found('method:lora')).toBe('1');
  });

  it('compare figures and settings', () => {
    expect(found('loss<1')).toBe('1');
    expect(found('loss>=1.5')).toBe('2');
    expect(found('rank:8')).toBe('1');
    expect(found('adapter.rank>8')).toBe('2');
    expect(found('training.rank>8')).toBe('');
    expect(found('lr=1e-4')).toBe('1');
    expect(found('schedule:cos')).toBe('1');
    expect(found('created>2026-03-01T11:02')).toBe('2 3');
  });

  it('in the making hide nothing', () => {
    expect(found('tag:')).toBe('1 2 3');
    expect(found('loss<')).toBe('1 2 3');
    expect(found('')).toBe('1 2 3');
  });
});

it('keeps quoted parts of a term together', () => {
  expect(splitTerms('tag:"for paper" -"a b" c "open')).toEqual([
    'tag:"for paper"',
    '-"a b"',
    'c',
    '"open',
  ]);
});
