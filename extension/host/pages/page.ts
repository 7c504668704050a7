// What a kind of page is made of. A session lives while its page is on the screen: a hidden page has none, so it
// costs nothing, and one that is shown again starts afresh.
import type { CommonMethods, PageKind } from '../../shared/pages/common';
import type { EventSender, Handlers } from '../../shared/rpc';
import type { Services } from '../services';

export type OwnHandlers<M> = Omit<Handlers<M>, keyof CommonMethods>;

export interface PageSession<M> {
  /** One for each method of the page's own. */
  handlers: OwnHandlers<M>;
  dispose(): void;
}

export interface PagePort<E> {
  events: EventSender<E>;
  /** Of the tab; the bottom panel keeps its own. */
  setTitle(title: string): void;
}

/** `Arguments`: what the page is about; kept as JSON over a reload of the window. */
export interface PageDefinition<Arguments, M, E> {
  kind: PageKind;
  /** The tab's title before the session knows a better one. */
  title: string;
  /** Codicon-like file in media/icons, without its extension. */
  icon: string;
  open(given: Arguments, port: PagePort<E>, services: Services): PageSession<M>;
}
