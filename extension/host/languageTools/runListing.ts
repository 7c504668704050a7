// The answer of adapterLab_listRuns: one line a run. Free of VS Code.
import { variedText, type RunView } from '../runModel';
import { chooseRuns, nothingFound } from './chosenRuns';
import { count, figure, markdownTable } from './reportText';
import type { RunQuery } from './toolInput';

const usualLimit = 25;
const largestLimit = 200;

export function listRunsReport(all: readonly RunView[], query: RunQuery): string {
  const chosen = chooseRuns(all, query);
  if (chosen.runs.length === 0) return nothingFound(all, chosen);
  const limit = Math.min(query.limit ?? usualLimit, largestLimit);
  const shown = chosen.runs.slice(0, limit);
  const isCut = shown.length < chosen.runs.length;
  const found = count(chosen.runs.length, 'run');
  return [
    isCut ? `${found}; the newest ${shown.length}:` : `${found}, the newest first:`,
    markdownTable(
      ['id', 'experiment', 'method', 'state', 'step', 'loss', 'created', 'varied', 'name, tags'],
      shown.map(row),
    ),
    'The other tools take these ids. Loss is the training loss (nats) of the last step.',
  ].join('\n\n');
}

function row({ run, status, tags }: RunView): string[] {
  const { method, adapter } = run.settings;
  return [
    run.id,
    run.experiment,
    method === 'full' ? 'full' : `${method} r${adapter.rank}`,
    status.state,
    status.steps === 0 ? String(status.step) : `${status.step}/${status.steps}`,
    figure(status.loss),
    run.created.slice(0, 16),
    variedText(run),
    [tags.star ? '★' : '', tags.name ?? '', ...tags.tags].filter((part) => part !== '').join(', '),
  ];
}
