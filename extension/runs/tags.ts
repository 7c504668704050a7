// tags.json: what the user says about a run. Written by the host alone.
import { existsSync } from 'node:fs';
import * as z from 'zod/mini';
import { readJsonIfWhole, writeAtomically } from './atomicFile';
import { runPaths } from './runPaths';

const tagsFile = z.object({
  format: z.literal(1),
  name: z.optional(z.string()),
  star: z._default(z.boolean(), false),
  tags: z._default(z.array(z.string()), []),
  notes: z._default(z.string(), ''),
});
export type TagsFile = z.infer<typeof tagsFile>;

/** Nothing said yet if the file is missing or not whole. */
export function readTags(folder: string): TagsFile {
  const file = runPaths(folder).tags;
  // Most runs have none, and there may be thousands: an error for each would take its time.
  if (!existsSync(file)) return noTags();
  const parsed = tagsFile.safeParse(readJsonIfWhole(file));
  return parsed.data ?? noTags();
}

export function noTags(): TagsFile {
  return { format: 1, star: false, tags: [], notes: '' };
}

/** Another window may have written meanwhile: the change is made to what the file holds now. */
export function changeTags(
  folder: string,
  change: (tags: TagsFile) => Partial<Omit<TagsFile, 'format'>>,
): TagsFile {
  const before = readTags(folder);
  const tags: TagsFile = { ...before, ...change(before) };
  writeAtomically(runPaths(folder).tags, `${JSON.stringify(tags, null, 2)}\n`);
  return tags;
}
