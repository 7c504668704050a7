// Endpoints that judged before, and their keys. Keys are in the editor's secret storage alone, one for each server;
// the list of endpoints holds none.
import type { ExtensionContext } from 'vscode';

export interface JudgeEndpoint {
  url: string;
  model: string;
}

type Stores = Pick<ExtensionContext, 'secrets' | 'globalState'>;

const endpointsKey = 'judgeEndpoints';
const serversKey = 'judgeServers';
const mostEndpoints = 8;

export class JudgeKeys {
  constructor(private readonly stores: Stores) {}

  /** The one that judged last comes first. */
  get endpoints(): JudgeEndpoint[] {
    return this.stores.globalState.get<JudgeEndpoint[]>(endpointsKey, []);
  }

  async remember({ url, model }: JudgeEndpoint): Promise<void> {
    const others = this.endpoints.filter((one) => one.url !== url || one.model !== model);
    const kept = [{ url, model }, ...others].slice(0, mostEndpoints);
    await this.stores.globalState.update(endpointsKey, kept);
  }

  /** Empty for a server that needs none; undefined for one whose key was never asked for. */
  async keyOf(url: string): Promise<string | undefined> {
    const server = serverOf(url);
    if (!this.servers.includes(server)) return undefined;
    return (await this.stores.secrets.get(secretOf(server))) ?? '';
  }

  async keep(url: string, key: string): Promise<void> {
    const server = serverOf(url);
    const servers = [...new Set([...this.servers, server])];
    await this.stores.globalState.update(serversKey, servers);
    if (key === '') await this.stores.secrets.delete(secretOf(server));
    else await this.stores.secrets.store(secretOf(server), key);
  }

  /** How many servers were forgotten. */
  async forgetAll(): Promise<number> {
    const { servers } = this;
    for (const server of servers) await this.stores.secrets.delete(secretOf(server));
    await this.stores.globalState.update(serversKey, undefined);
    await this.stores.globalState.update(endpointsKey, undefined);
    return servers.length;
  }

  private get servers(): string[] {
    return this.stores.globalState.get<string[]>(serversKey, []);
  }
}

/** A key belongs to a server, whatever stands behind its name in the URL. */
function serverOf(url: string): string {
  return new URL(url).origin;
}

function secretOf(server: string): string {
  return `judgeKey ${server}`;
}
