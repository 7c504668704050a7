// The grid of an experiment: each entry varies a setting, or several together ("method, training.learningRate":
// [["lora", 3e-4], ["dora", 1e-4]]); the runs are every combination of the entries' values.

export type Grid = Readonly<Record<string, readonly unknown[]>>;
export type Varied = Record<string, unknown>;

/** The dotted settings that an entry varies. */
export function settingsOfEntry(key: string): string[] {
  return key.split(',').map((setting) => setting.trim());
}

/** The entry that varies a setting, or a part around it. */
export function entryOf(grid: Grid, setting: string): string | undefined {
  const isAround = (one: string): boolean => one === setting || setting.startsWith(`${one}.`);
  return Object.keys(grid).find((key) => settingsOfEntry(key).some(isAround));
}

/** What an entry's value gives each of its settings; undefined where it is no list of as many. */
export function variedBy(key: string, value: unknown): Varied | undefined {
  const settings = settingsOfEntry(key);
  if (settings.length === 1) return { [key.trim()]: value };
  if (!Array.isArray(value) || value.length !== settings.length) return undefined;
  return Object.fromEntries(settings.map((setting, index) => [setting, value[index] as unknown]));
}

/**
 * What each run varies; one that varies nothing without a grid. Full fine-tuning has no adapter: of runs that
 * differ in their adapter alone there is one. `method`: that of the file.
 */
export function gridCombinations(grid: Grid, method: unknown): Varied[] {
  let all: Varied[] = [{}];
  for (const [key, values] of Object.entries(grid)) {
    all = all.flatMap((one) => values.map((value) => ({ ...one, ...variedBy(key, value) })));
  }
  const own = all.map((varied) =>
    (varied.method ?? method) === 'full' ? withoutAdapter(varied) : varied,
  );
  return [...new Map(own.map((varied) => [JSON.stringify(varied), varied])).values()];
}

function withoutAdapter(varied: Varied): Varied {
  const settings = Object.entries(varied).filter(([setting]) => !/^adapter(\.|$)/.test(setting));
  return Object.fromEntries(settings);
}
