// The rank sweep in numbers: a row for each line, a column for each rank.
import type { PublishedSweep } from '../../extension/shared/published/rankSweep';
import type { Translate } from '../../extension/shared/translate';
import { percentText } from '../accuracy/figureText';
import { distinct } from './members';
import { figureCell } from './ownGroups';
import {
  nothing,
  numberCell,
  textCell,
  type PlainGroup,
  type PlainTable,
} from '../tables/plainTable';
import type { SweepLine } from './sweepLines';

interface SweepTableOptions {
  title: string;
  caption: string;
  published: PublishedSweep | undefined;
}

export function sweepTable(
  lines: readonly SweepLine[],
  options: SweepTableOptions,
  t: Translate,
): PlainTable {
  const { title, caption, published } = options;
  const ranks = distinct(lines.flatMap(({ points }) => points.map(({ rank }) => rank)));
  ranks.sort((a, b) => a - b);
  const hasLevel = lines.some(({ level }) => level !== null);
  const group = (name: string, citation: string | null): PlainGroup => ({
    ...{ id: citation ?? 'own', title: name, citation },
    rows: lines
      .filter(({ isPublished }) => isPublished === (citation !== null))
      .map((line) => ({
        id: line.id,
        cells: [
          textCell(line.label),
          ...ranks.map((rank) => pointCell(line, rank, t)),
          ...(hasLevel ? [line.level === null ? nothing : figureCell(line.level, t)] : []),
        ],
        isEvaluating: [line.level, ...line.points.map(({ figure }) => figure)].some(
          (figure) => figure?.isEvaluating === true,
        ),
      })),
  });
  const groups = [
    group(title, null),
    ...(published === undefined ? [] : [group(published.model, published.citation)]),
  ];
  return {
    ...{ name: 'rank-sweep', caption },
    columns: [
      { heading: t('Method'), isNumber: false },
      ...ranks.map((rank) => ({ heading: t('r = {0}', rank), isNumber: true })),
      ...(hasLevel ? [{ heading: t('All parameters'), isNumber: true }] : []),
    ],
    groups: groups.filter(({ rows }) => rows.length > 0),
  };
}

function pointCell({ points }: SweepLine, rank: number, t: Translate) {
  const point = points.find((one) => one.rank === rank);
  if (point === undefined) return nothing;
  return point.figure === null ? numberCell(point.value, percentText) : figureCell(point.figure, t);
}
