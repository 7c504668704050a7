// What the filter's box proposes for the term that is being typed: marks, states, and the tags, methods and
// experiments that there are. Free of VS Code.
import { runStates } from '../shared/runStates';
import type { Translate } from '../shared/translate';
import { splitTerms } from './runFilter';
import { methodName, stateText, type RunView } from './runModel';

export interface FilterSuggestion {
  term: string;
  meaning: string;
  /** The whole filter with it. */
  filter: string;
}

const mostTags = 20;

/** Those that go on from the last word, and are not in the filter yet. */
export function filterSuggestions(
  filter: string,
  views: readonly RunView[],
  t: Translate,
): FilterSuggestion[] {
  const isNewWord = filter === '' || filter.endsWith(' ');
  const terms = splitTerms(filter);
  const typed = isNewWord ? '' : (terms.at(-1) ?? '');
  const kept = isNewWord ? terms : terms.slice(0, -1);
  return proposals(views, t)
    .filter(({ term }) => term.toLowerCase().includes(typed.toLowerCase()))
    .filter(({ term }) => !terms.includes(term))
    .map(({ term, meaning }) => ({ term, meaning, filter: [...kept, term, ''].join(' ') }));
}

function proposals(views: readonly RunView[], t: Translate): { term: string; meaning: string }[] {
  const tags = new Set(views.flatMap(({ tags: { tags: own } }) => own));
  const states = new Set(views.map(({ status }) => status.state));
  const methods = new Set(views.map(({ run }) => run.settings.method));
  const experiments = new Set(views.map(({ run }) => run.experiment));
  return [
    { term: 'is:starred', meaning: t('marked with a star') },
    { term: 'is:active', meaning: t('training now') },
    ...runStates
      .filter((state) => states.has(state))
      .map((state) => ({ term: `state:${state}`, meaning: stateText(state, t) })),
    ...[...tags]
      .slice(0, mostTags)
      .sort()
      .map((tag) => ({ term: `tag:${quoted(tag)}`, meaning: t('with this tag') })),
    { term: 'has:notes', meaning: t('with notes') },
    ...[...methods].map((method) => ({ term: `method:${method}`, meaning: methodName(method) })),
    ...(experiments.size > 1
      ? [...experiments]
          .slice(0, mostTags)
          .map((name) => ({ term: `experiment:${quoted(name)}`, meaning: t('of this experiment') }))
      : []),
    { term: 'loss<0.5', meaning: t('below a loss') },
    { term: 'rank>=16', meaning: t('by a setting: rank, lr, seed, …') },
    { term: '-is:starred', meaning: t('a minus excludes') },
  ];
}

function quoted(text: string): string {
  return /\s/.test(text) ? `"${text}"` : text;
}
