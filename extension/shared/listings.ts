// What `adapter-lab models` and `adapter-lab tasks` print with --json, for those who read it.
import type { DType } from './engineTypes';
import type { Protocol } from './taskFile';

/** Of a folder that is neither a model nor an adapter nothing but `problem` is known. */
export interface ModelEntry {
  folder: string;
  kind: 'model' | 'adapter' | 'unknown';
  /** Of its weight files. */
  sizeBytes: number;
  /** A sentence; only of a folder that cannot be used. */
  problem?: string;
  architecture?: string;
  parameters?: number;
  dtype?: DType | 'nf4';
  layers?: number;
  hidden?: number;
  contextLength?: number;
  method?: string;
  rank?: number;
  alpha?: number;
  /** As the adapter names it. */
  baseModel?: string;
  /** Where that is; null if it is not on this machine. */
  baseFolder?: string | null;
}

export interface ListedTask {
  task: string;
  /** own: the folder has a task.json. */
  kind: 'own' | 'builtIn';
  /** Absent if its file cannot be read. */
  protocol?: Protocol;
  /** commonsense, math, or the user's own. */
  group?: string;
  /** Or texts; 0 if it cannot be asked. */
  questions: number;
  /** Of a task whose answers are written. */
  beams?: number;
  maxNewTokens?: number;
  /** Why it cannot be asked. */
  problem?: string;
}
