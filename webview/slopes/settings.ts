// How the user wants to see the slopes; kept while the page is hidden.
import { allModules, publishedCorrelations } from '../../extension/shared/slopeFits';
import { parseLayers, type Filter } from './series';
import type { Selection } from './selection';
import type { Scope } from './timeline';

export interface Settings {
  scope: Scope;
  /** Null: the last step, also while later ones come. */
  step: number | null;
  /** The module type that the reading is about; null: the paper's, if there is one. */
  focus: string | null;
  isEnlarged: boolean;
  hidden: string[];
  /** As typed. */
  layers: string;
  sameScale: boolean;
  isTable: boolean;
  selection: Selection | null;
}

export const usualSettings: Settings = {
  scope: 'all',
  step: null,
  focus: null,
  isEnlarged: false,
  hidden: [],
  layers: '',
  sameScale: false,
  isTable: false,
  selection: null,
};

/** What cannot be read as layers filters nothing. */
export function filterOf({ hidden, layers }: Settings): Filter {
  return { hidden, layers: parseLayers(layers) ?? [] };
}

/** Of the types that are shown. */
export function focusOf({ focus }: Settings, shown: readonly string[]): string {
  if (focus !== null && shown.includes(focus)) return focus;
  if (shown.includes(publishedCorrelations.module)) return publishedCorrelations.module;
  return shown.includes(allModules) ? allModules : (shown[0] ?? allModules);
}
