// The chart as tables, made when they are opened.
import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import { t } from '../page/translate';
import type { Axis } from './drawing';
import { figuresOf, sampledRows } from './figures';
import { legendLines, type Line } from './line';

interface ChartFiguresProps {
  title: string;
  lines: readonly Line[];
  xAxis: Axis;
  yAxis: Axis;
  valueText: (value: number) => string;
}

const rowsShown = 20;

export function ChartFigures(props: ChartFiguresProps): VNode {
  const [isOpen, setIsOpen] = useState(false);
  return (
    <details
      class="chart-figures"
      onToggle={({ currentTarget }) => {
        setIsOpen(currentTarget.open);
      }}
    >
      <summary>{t('{0} in figures', props.title)}</summary>
      {isOpen && <Tables {...props} />}
    </details>
  );
}

function Tables({ title, lines, xAxis, valueText }: ChartFiguresProps): VNode {
  const shown = legendLines(lines);
  const xText = (x: number): string => xAxis.text(x, 1);
  const at = ({ x, y }: { x: number; y: number }) => t('{0} at {1}', valueText(y), xText(x));
  return (
    <div class="table-scroll" tabIndex={0} role="region" aria-label={t('{0} in figures', title)}>
      <table class="figures">
        <thead>
          <tr>
            <th scope="col">{t('Line')}</th>
            <th scope="col">{t('First')}</th>
            <th scope="col">{t('Last')}</th>
            <th scope="col">{t('Lowest')}</th>
            <th scope="col">{t('Highest')}</th>
          </tr>
        </thead>
        <tbody>
          {shown.map((line) => {
            const figures = figuresOf(line.points);
            return (
              <tr key={line.id}>
                <th scope="row">{line.label}</th>
                <td>{figures === undefined ? '–' : valueText(figures.first)}</td>
                <td>{figures === undefined ? '–' : valueText(figures.last)}</td>
                <td>{figures === undefined ? '–' : at(figures.min)}</td>
                <td>{figures === undefined ? '–' : at(figures.max)}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
      <table class="figures">
        <thead>
          <tr>
            <th scope="col">{xAxis.title}</th>
            {shown.map((line) => (
              <th scope="col" key={line.id}>
                {line.label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {sampledRows(shown, rowsShown).map(({ x, values }) => (
            <tr key={x}>
              <th scope="row">{xText(x)}</th>
              {values.map((value, index) => (
                <td key={shown[index]?.id}>{value === undefined ? '' : valueText(value)}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
