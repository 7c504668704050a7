// Where what can be made again is kept between processes: in the user's folder for caches, or where they say.
import { homedir } from 'node:os';
import { join } from 'node:path';

export const cacheVariable = 'ADAPTER_LAB_CACHE';

export function userCache(): string {
  const chosen = process.env[cacheVariable];
  return chosen === undefined || chosen === '' ? usualCache() : chosen;
}

function usualCache(): string {
  const { XDG_CACHE_HOME, LOCALAPPDATA } = process.env;
  if (process.platform === 'win32') {
    return join(LOCALAPPDATA ?? join(homedir(), 'AppData', 'Local'), 'adapter-lab', 'cache');
  }
  if (process.platform === 'darwin') return join(homedir(), 'Library', 'Caches', 'adapter-lab');
  const isChosen = XDG_CACHE_HOME !== undefined && XDG_CACHE_HOME !== '';
  return join(isChosen ? XDG_CACHE_HOME : join(homedir(), '.cache'), 'adapter-lab');
}
