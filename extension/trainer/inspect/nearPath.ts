// The path that a person probably meant: the first part that does not exist, replaced by the nearest name beside it.
import { existsSync, readdirSync } from 'node:fs';
import { isAbsolute, resolve } from 'node:path';
import { nearestName } from '../../shared/nearest';

/** `path` as it is written, relative to `folder`; undefined when nothing near exists. */
export function nearPath(path: string, folder: string): string | undefined {
  const parts = path.split('/');
  for (let i = 0; i < parts.length; i += 1) {
    const before = parts.slice(0, i).join('/');
    const part = parts[i] ?? '';
    if (part === '' || part === '.' || part === '..') continue;
    if (existsSync(resolve(folder, [...parts.slice(0, i), part].join('/')))) continue;
    const inside = isAbsolute(path) && i <= 1 ? '/' : resolve(folder, before === '' ? '.' : before);
    const nearest = nearestName(part, namesIn(inside));
    if (nearest === undefined) return undefined;
    parts[i] = nearest;
  }
  const meant = parts.join('/');
  return meant !== path && existsSync(resolve(folder, meant)) ? meant : undefined;
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder).filter((name) => !name.startsWith('.'));
  } catch {
    return [];
  }
}
