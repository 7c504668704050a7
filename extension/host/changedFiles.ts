// What a child process told of files or folders, kept until they change. Free of VS Code.
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileSignature } from '../runs/fileSignature';

/** A command line has no room for more. */
const pathsACall = 100;

/** What is known of each path, told again only of those whose signature changed. */
export class ChangedFiles<Told> {
  private readonly known = new Map<string, { signature: string; told: Told }>();

  constructor(
    private readonly signatureOf: (path: string) => Promise<string | undefined>,
    /** Those that are asked about; what is told of one goes by its path. */
    private readonly ask: (paths: readonly string[]) => Promise<Map<string, Told>>,
  ) {}

  /** In the order of `paths`, without those that went away. `others`: what the answer depends on besides. */
  async read(paths: readonly string[], others = ''): Promise<Told[]> {
    const signatures = new Map<string, string>();
    for (const path of paths) {
      const signature = await this.signatureOf(path);
      if (signature !== undefined) signatures.set(path, `${signature}\n${others}`);
    }
    const present = [...signatures.keys()];
    const stale = present.filter(
      (path) => this.known.get(path)?.signature !== signatures.get(path),
    );
    for (let at = 0; at < stale.length; at += pathsACall) {
      for (const [path, told] of await this.ask(stale.slice(at, at + pathsACall))) {
        this.known.set(path, { signature: signatures.get(path) ?? '', told });
      }
    }
    for (const path of this.known.keys()) if (!signatures.has(path)) this.known.delete(path);
    return present.flatMap((path) => this.known.get(path)?.told ?? []);
  }
}

/** Of a folder's files of these names; also of a folder that is not there. */
export async function folderSignature(folder: string, names: RegExp): Promise<string> {
  try {
    const files = (await readdir(folder)).filter((name) => names.test(name));
    const signatures = await Promise.all(files.map((name) => fileSignature(join(folder, name))));
    return signatures.map((signature, index) => `${files[index] ?? ''}:${signature ?? ''}`).join();
  } catch {
    return 'gone';
  }
}
