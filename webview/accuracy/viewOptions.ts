// How the user has set the table; kept while the page is hidden and over a reload of the window.
import type { TableOptions } from './tableModel';

export interface TableViewOptions extends TableOptions {
  /** The interval and the number of questions under each figure. */
  showsIntervals: boolean;
  /** Id of the row that the others are compared with; empty for none. */
  referenceId: string;
}

export const defaultView: TableViewOptions = {
  search: '',
  experiment: '',
  method: '',
  checkpoints: 'best',
  isGrouped: true,
  hidden: [],
  sorting: null,
  averagedGroup: null,
  publishedModels: [],
  openSeeds: [],
  referenceId: '',
  showsIntervals: true,
};
