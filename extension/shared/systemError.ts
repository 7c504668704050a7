// What the operating system said, from an error of unknown type.

/** `ENOENT`, `EEXIST`, ...; undefined for an error of another kind. */
export function errorCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string'
    ? error.code
    : undefined;
}

const plainWords: Record<string, string> = {
  EACCES: 'permission is denied',
  EPERM: 'permission is denied',
  EROFS: 'the file system is read-only',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  ENOTDIR: 'a part of the path is not a folder',
  ENOENT: 'it does not exist',
  ENAMETOOLONG: 'the name is too long',
};

/** For the end of a sentence. */
export function problemOf(error: unknown): string {
  const words = plainWords[errorCode(error) ?? ''];
  if (words !== undefined) return words;
  return error instanceof Error ? error.message : String(error);
}

/** Node's codes, and an engine's. */
export function isDiskFull(error: unknown): boolean {
  return ['ENOSPC', 'EDQUOT', 'disk-full'].includes(errorCode(error) ?? '');
}
