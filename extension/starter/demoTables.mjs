// The demo's tables, at most 80 columns wide.

const names = { full: 'FT', lora: 'LoRA', dora: 'DoRA' };

/** Rows: base and methods; columns: trained parameters, tasks, average. */
export function accuracyTable(base, methods) {
  const tasks = base.map(({ task }) => task);
  const scoresOf = ({ events }) =>
    tasks.map((task) => events.filter((event) => event.task === task).at(-1)?.accuracy);
  const row = (name, trained, scores) => {
    const average = scores.reduce((sum, score) => sum + score, 0) / scores.length;
    return [name, trained, ...[...scores, average].map((score) => (100 * score).toFixed(1))];
  };
  return table([
    ['', 'trained %', ...tasks, 'average'],
    ['questions', '', ...base.map(({ n }) => n), base.reduce((sum, { n }) => sum + n, 0)],
    row(
      'base',
      '0',
      base.map(({ accuracy }) => accuracy),
    ),
    ...methods.map((method) => {
      const trained = (100 * method.trainable) / method.parameters;
      return row(names[method.method], trained.toFixed(2), scoresOf(method));
    }),
  ]);
}

/** Least squares and correlation as the trainer measured them at the end of each run. */
export function slopeTable(methods) {
  const rows = methods.map(({ method, events }) => {
    const last = events.filter(({ type }) => type === 'slope').at(-1);
    const fit = last?.fits.find(({ module }) => module === 'all');
    const [low, high] = fit?.interval ?? [];
    return [
      names[method],
      signed(fit?.slope),
      signed(fit?.correlation),
      `${signed(low)} to ${signed(high)}`,
      fit?.points,
    ];
  });
  return table([['', 'slope', 'correlation', '95 % interval', 'matrices'], ...rows]);
}

const signed = (value) =>
  typeof value === 'number' ? `${value < 0 ? '' : '+'}${value.toFixed(2)}` : '-';

/** First column to the left, the others to the right. */
function table(rows) {
  const widths = rows[0].map((_, column) =>
    Math.max(...rows.map((row) => String(row[column]).length)),
  );
  const line = (row) =>
    row
      .map((cell, column) =>
        column === 0
          ? String(cell).padEnd(widths[column])
          : String(cell).padStart(widths[column] + 3),
      )
      .join('');
  const [head, ...body] = rows.map((row) => `  ${line(row)}`);
  return [head, `  ${'-'.repeat(head.length - 2)}`, ...body].join('\n');
}
