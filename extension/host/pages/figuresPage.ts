// Figures and tables of the paper, with what the workspace's runs and evaluations say beside it.
import { ResultsReader } from '../../runs/results';
import type {
  FigureRow,
  FiguresPageEvents,
  FiguresPageMethods,
  FiguresPageState,
} from '../../shared/pages/figuresPage';
import type { AccuracyRow } from '../../shared/pages/accuracyPage';
import type { Snapshot } from '../../shared/rpc';
import { AccuracyFeed } from '../accuracy/accuracyFeed';
import { accuracySource, firstLook } from '../accuracy/accuracySource';
import { JudgedFeed } from '../figures/judgedFeed';
import { figureRow } from '../figures/figureRows';
import type { PageDefinition } from './page';

export const figuresPage: PageDefinition<
  Record<string, never>,
  FiguresPageMethods,
  FiguresPageEvents
> = {
  kind: 'figures',
  title: 'Figures and Tables',
  icon: 'figures',
  open: (_, { events }, services) => {
    const describe = (row: AccuracyRow): FigureRow =>
      figureRow(row, row.kind === 'run' ? services.store.find(row.folder) : undefined);
    const source = accuracySource(services, new ResultsReader());
    const feed = new AccuracyFeed(source, ({ changed, removed }) => {
      events.send('rowsChanged', { changed: changed.map(describe), removed });
    });
    const judged = new JudgedFeed(source, (scored) => {
      events.send('scoresChanged', scored);
    });
    let reading: Promise<void> | undefined;
    let isReading = true;
    const readState = async (): Promise<Snapshot<FiguresPageState>> => {
      await services.discover();
      reading ??= Promise.all([feed.start(), judged.start()]).then(() => {
        isReading = false;
        events.send('scoresChanged', judged.rows);
        events.send('readingEnded', null);
      });
      await firstLook(reading);
      return events.snapshot({ rows: feed.rows.map(describe), scored: judged.rows, isReading });
    };
    return {
      handlers: { readState },
      dispose: () => {
        feed.dispose();
        judged.dispose();
      },
    };
  },
};
