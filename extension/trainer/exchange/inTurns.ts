// Work on a list in threads of the addon: some of it at a time, the results in the list's order.

/** As many threads as Node lends native jobs. */
const atOnce = 4;

export async function inTurns<Item, Result>(
  items: readonly Item[],
  work: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  const waiting = items.entries();
  const turns = Array.from({ length: atOnce }, async () => {
    for (const [index, item] of waiting) results[index] = await work(item);
  });
  await Promise.all(turns);
  return results;
}
