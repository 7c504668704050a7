import { describe, expect, it } from 'vitest';
import { filterSuggestions } from '../../../extension/host/filterSuggestions';
import { commonTags, tagChange } from '../../../extension/host/tagChoice';
import { makeView, t } from './runView';

describe('tags of several runs', () => {
  const runs = [
    ['kept', 'both'],
    ['both', 'other'],
  ];

  it('are ticked where all have them', () => {
    expect(commonTags(runs)).toEqual(['both']);
    expect(commonTags([])).toEqual([]);
  });

  it('come and go by their ticks, and what only some had stays', () => {
    const edit = tagChange(runs, ['new']);
    expect(runs.map(edit)).toEqual([
      ['kept', 'new'],
      ['other', 'new'],
    ]);
  });

  it('stay as they were when the ticks do', () => {
    expect(runs.map(tagChange(runs, ['both']))).toEqual(runs);
  });
});

describe('what the filter box proposes', () => {
  const views = [
    makeView({ id: '1', tags: { tags: ['for paper'] } }),
    makeView({ id: '2', experiment: 'quiz', method: 'lora', status: { state: 'failed' } }),
  ];
  const termsOf = (filter: string) => filterSuggestions(filter, views, t).map(({ term }) => term);

  it('are marks, states, tags, methods and experiments that there are', () => {
    expect(termsOf('')).toEqual(
      expect.arrayContaining(['is:starred', 'state:failed', 'tag:"for paper"', 'method:lora']),
    );
    expect(termsOf('')).not.toContain('state:done');
  });

  it('go on from the last word and keep the others', () => {
    expect(filterSuggestions('dora sta', views, t)).toContainEqual({
      term: 'state:failed',
      meaning: 'Failed',
      filter: 'dora state:failed ',
    });
    expect(termsOf('state:failed ')).not.toContain('state:failed');
  });
});
