// Perplexity of texts, in a table of its own: it is no accuracy, and less is better.
import type { VNode } from 'preact';
import type { AccuracyRow } from '../../extension/shared/pages/accuracyPage';
import { countText } from '../../extension/shared/comparisonText';
import { t } from '../page/translate';
import { perplexityRows, perplexityText, type PerplexityCell } from './perplexities';

export function PerplexityTable({ rows }: { rows: readonly AccuracyRow[] }): VNode | null {
  const table = perplexityRows(rows);
  if (table.rows.length === 0) return null;
  return (
    <section class="perplexity" aria-labelledby="perplexity-heading">
      <h2 id="perplexity-heading">{t('Perplexity')}</h2>
      <div class="table-scroll" role="region" aria-label={t('Perplexity table')} tabIndex={0}>
        <table class="accuracy-table">
          <caption>
            <span>{t('How well a model foretells a text: less is better, the best in bold.')}</span>
          </caption>
          <thead>
            <tr>
              <th scope="col" class="row-name">
                {t('Method')}
              </th>
              {table.tasks.map((task) => (
                <th key={task} scope="col">
                  {task}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {table.rows.map(({ id, name, step, model, cells }) => (
              <tr key={id}>
                <th scope="row" class="row-name">
                  {name}
                  <div class="muted detail">
                    {[...(step === null ? [] : [t('step {0}', step)]), model].join(' · ')}
                  </div>
                </th>
                {cells.map((cell) => (
                  <td key={cell.task}>
                    <Figure cell={cell} />
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

function Figure({ cell }: { cell: PerplexityCell }): VNode {
  const { perplexity, natsPerToken, tokens, isBest } = cell;
  if (perplexity === null || natsPerToken === null) return <span class="muted">–</span>;
  const figure = perplexityText(perplexity);
  return (
    <>
      {isBest ? <strong>{figure}</strong> : figure}
      <div class="muted detail">
        {t('{0} nats a token · {1} tokens', natsPerToken.toFixed(3), countText(tokens))}
      </div>
    </>
  );
}
