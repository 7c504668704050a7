// The answer of adapterLab_readSlopes: which runs learned like full fine-tuning, the figures behind that, and
// the paper's values beside them. Free of VS Code.
import type { RunEvent, SlopeFit } from '../../shared/run';
import { allModules, publishedCorrelations } from '../../shared/slopeFits';
import { meaningText, verdictOf, type Verdict } from '../../shared/slopes/readings';
import { untranslated } from '../../shared/translate';
import type { RunView } from '../runModel';
import { runTitle } from './chosenRuns';
import { figure, markdownTable, signed } from './reportText';
import { pooledFits } from './pooledSlopes';

export interface MeasuredRun {
  view: RunView;
  events: readonly RunEvent[];
}

/** The answer is read by a model, whatever the editor's language. */
const english = untranslated;

const likenessOf: Record<Verdict, string> = {
  undefined: 'no correlation',
  few: 'too few layers to say',
  undecided: 'undecided',
  between: 'neither: about zero',
  likeFull: 'full fine-tuning',
  likeLora: 'LoRA',
};

interface Measured {
  view: RunView;
  /** Of the last measurement. */
  step: number;
  last: readonly SlopeFit[];
  /** Over the layers and all measurements together, as the paper pools them. */
  pooled: readonly SlopeFit[];
}

const { module: publishedModule, full, lora, dora, source } = publishedCorrelations;

export async function slopesReport(
  runs: readonly MeasuredRun[],
  modules?: readonly string[],
): Promise<string> {
  const measured: Measured[] = [];
  for (const run of runs) measured.push(...(await measure(run)));
  const unmeasured = runs.filter((run) => measured.every(({ view }) => view !== run.view));
  return [
    '# Which runs learned like full fine-tuning',
    ...(measured.length === 0 ? [] : [verdictTable(measured)]),
    ...missingLines(unmeasured),
    explanation,
    ...(measured.length === 0 ? [] : ['# Figures', figuresTable(measured, modules)]),
  ].join('\n\n');
}

const explanation = [
  'Each point is a weight matrix (one module of one layer): deltaD is how far its direction moved from the base',
  'model, deltaM how far its magnitude moved. Slope and Pearson correlation are of deltaM on deltaD.',
  `Negative: where the direction moves more the magnitude moves less, as in full fine-tuning (the paper: FT ${signed(full)},`,
  `DoRA ${signed(dora)}). Positive: both grow together, as in LoRA (${signed(lora)}). The paper's values are of`,
  `${publishedModule}, over layers and checkpoints (${source}). Intervals over all steps resample whole layers; a small model has few of them, so they are wide.`,
].join(' ');

async function measure({ view, events }: MeasuredRun): Promise<Measured[]> {
  const slopes = events.filter((event) => event.type === 'slope');
  const last = slopes.at(-1);
  if (last === undefined) return [];
  return [{ view, step: last.step, last: last.fits, pooled: await pooledFits(slopes) }];
}

/** From the most negative correlation to the most positive. */
function verdictTable(measured: readonly Measured[]): string {
  const rows = measured
    .map((run) => {
      const query = fitOf(run.pooled, publishedModule);
      const all = fitOf(run.last, allModules);
      return { run, all, deciding: query?.correlation == null ? all : query };
    })
    .sort((a, b) => orderOf(a.deciding) - orderOf(b.deciding))
    .map(({ run, all, deciding }) => {
      return [
        run.view.run.id,
        runTitle(run.view),
        deciding === undefined ? '-' : likenessOf[verdictOf(deciding)],
        `${deciding?.module ?? '-'} ${correlationText(deciding)}`,
        correlationText(all),
        deciding === undefined ? '' : meaningText(deciding, english),
      ];
    });
  const head = [
    'run',
    'name',
    'learned like',
    'deciding correlation [95 %]',
    'all modules, last step',
    'why',
  ];
  return markdownTable(head, rows);
}

function figuresTable(measured: readonly Measured[], modules?: readonly string[]): string {
  const rows = measured.flatMap(({ view, step, last, pooled }) =>
    last
      .filter(({ module }) => modules?.includes(module) ?? true)
      .map((fit) => [
        view.run.id,
        fit.module,
        String(step),
        figure(fit.slope),
        correlationText(fit),
        String(fit.points),
        correlationText(fitOf(pooled, fit.module)),
      ]),
  );
  const head = [
    'run',
    'module',
    'step',
    'slope',
    'correlation [95 %]',
    'points',
    'over all steps [95 %]',
  ];
  return rows.length === 0 ? 'No module of that name was measured.' : markdownTable(head, rows);
}

function missingLines(runs: readonly MeasuredRun[]): string[] {
  if (runs.length === 0) return [];
  const names = runs.map(({ view }) => view.run.id).join(', ');
  return [`Not measured yet (diagnostics.every sets how often): ${names}.`];
}

function fitOf(fits: readonly SlopeFit[], module: string): SlopeFit | undefined {
  return fits.find((fit) => fit.module === module);
}

function correlationText(fit: SlopeFit | undefined): string {
  if (fit?.correlation == null) return '-';
  const { correlation, interval } = fit;
  const range = interval === null ? '' : ` [${signed(interval[0])}, ${signed(interval[1])}]`;
  return `${signed(correlation)}${range}`;
}

function orderOf(fit: SlopeFit | undefined): number {
  return fit?.correlation ?? 2;
}
