// What the host wrote into this page's document, and what VS Code keeps for it while it is hidden.
import type { PageDocument } from '../../extension/shared/pages/common';

interface VsCodeApi {
  postMessage(message: unknown): void;
  getState(): unknown;
  setState(state: unknown): void;
}

declare function acquireVsCodeApi(): VsCodeApi;

export const vscode = acquireVsCodeApi();

export const page = JSON.parse(
  document.getElementById('page-data')?.textContent ?? '{}',
) as PageDocument;

type Kept = Record<string, unknown>;

/** Survives hiding and a reload of the window: zoom, tab, filters; never data. */
export function keptValue<T>(name: string, otherwise: T): T {
  return (((vscode.getState() ?? {}) as Kept)[name] as T | undefined) ?? otherwise;
}

export function keepValue(name: string, value: unknown): void {
  vscode.setState({ ...(vscode.getState() as Kept | undefined), given: page.given, [name]: value });
}

keepValue('given', page.given);
