// Tags of several runs in one list of ticks. Free of VS Code.

/** What all of the runs have. */
export function commonTags(ofRuns: readonly (readonly string[])[]): string[] {
  const [first = [], ...others] = ofRuns;
  return first.filter((tag) => others.every((tags) => tags.includes(tag)));
}

/**
 * How a run's tags change when of the common ones other ones are ticked: those that came are added, those that
 * went are taken away, and what only some of the runs had stays where it is.
 */
export function tagChange(
  ofRuns: readonly (readonly string[])[],
  ticked: readonly string[],
): (tags: readonly string[]) => string[] {
  const removed = commonTags(ofRuns).filter((tag) => !ticked.includes(tag));
  return (tags) => [
    ...tags.filter((tag) => !removed.includes(tag)),
    ...ticked.filter((tag) => !tags.includes(tag)),
  ];
}
