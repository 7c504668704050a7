// How the user has set the table; kept while the page is hidden and over a reload of the window.
import type { TableOptions } from './tableModel';

export interface TableViewOptions extends TableOptions {
  /** The interval and the number of questions under each figure. */
  showsIntervals: boolean;
}

export const defaultView: TableViewOptions = {
  search: '',
  experiment: '',
  method: '',
  checkpoints: 'best',
  isGrouped: true,
  hidden: [],
  sorting: null,
  publishedModels: [],
  showsIntervals: true,
};
