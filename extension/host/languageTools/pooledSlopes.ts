// A run's fits over layers and all its measurements together, as the paper pools them and as the page of slopes
// draws them. Free of VS Code.
import { setImmediate } from 'node:timers/promises';
import { moduleLayer, moduleType, sortedTypes } from '../../shared/modules';
import type { RunEvent, SlopeFit } from '../../shared/run';
import { allModules } from '../../shared/slopeFits';
import { joinSamples, SampleTable } from '../../shared/slopes/samples';
import { StepSums } from '../../shared/slopes/stepFits';

/** One fit for each module type, and one for all of them; others get a turn between them. */
export async function pooledFits(events: readonly RunEvent[]): Promise<SlopeFit[]> {
  const news = new SampleTable().add(events, false);
  const samples = joinSamples([], news);
  const sums = new StepSums(news.names.length, samples);
  const spans = [{ from: 0, to: samples.length }];
  const types = sortedTypes(news.names.map(moduleType));
  const fits: SlopeFit[] = [];
  for (const type of [...types, allModules]) {
    const places = [...news.names.entries()].filter(
      ([, name]) => type === allModules || moduleType(name) === type,
    );
    // Points of one layer depend on each other: they are resampled together.
    const groups = new Map(places.map(([place, name]) => [place, moduleLayer(name) ?? name]));
    fits.push(sums.fit(type, groups, spans));
    await setImmediate();
  }
  return fits;
}
