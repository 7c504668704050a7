// The page of one run.
import type { RunPageEvents, RunPageMethods, RunPageState } from '../../shared/pages/runPage';
import type { Snapshot } from '../../shared/rpc';
import { runLabel } from '../runModel';
import type { PageDefinition } from './page';
import { RunFeed } from './runFeed';

export interface RunPageArguments {
  folder: string;
}

export const runPage: PageDefinition<RunPageArguments, RunPageMethods, RunPageEvents> = {
  kind: 'run',
  title: 'Run',
  icon: 'run',
  open: ({ folder }, port, { store }) => {
    const { events } = port;
    const feed = new RunFeed(folder, (news) => {
      if (news.events.length > 0 || news.restarted) {
        events.send('eventsAppended', { events: news.events, restarted: news.restarted });
      }
      if (news.status !== undefined) events.send('statusChanged', news.status);
    });
    const readState = async (): Promise<Snapshot<RunPageState>> => {
      await store.read([folder]);
      const view = store.find(folder);
      if (view === undefined) throw new Error(`${folder} is not there, or is no run.`);
      port.setTitle(runLabel(view.run));
      const first = await feed.start();
      const { run, status } = view;
      return events.snapshot({
        folder,
        run,
        status: first.status ?? status,
        events: first.events,
      });
    };
    return {
      handlers: { readState },
      dispose: () => {
        feed.dispose();
      },
    };
  },
};
