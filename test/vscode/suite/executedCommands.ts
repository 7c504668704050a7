// Which commands of the extension were called in this window. An extension and the tests of its development host
// share one `vscode` object: what is wrapped before activation sees every registration. Each test module is a
// bundle of its own, hence a place that all of them see.
import * as vscode from 'vscode';

const shared = globalThis as typeof globalThis & { adapterLabExecuted?: Set<string> };
const executed = (shared.adapterLabExecuted ??= new Set<string>());

export const executedCommands: ReadonlySet<string> = executed;

/** Before the extension is activated. */
export function recordCommands(): void {
  const register = vscode.commands.registerCommand;
  type Handler = Parameters<typeof register>[1];
  const registerRecorded = (command: string, handler: Handler, self?: unknown): vscode.Disposable =>
    register(command, (...given: unknown[]): unknown => {
      executed.add(command);
      return Reflect.apply(handler, self, given) as unknown;
    });
  Object.assign(vscode.commands, { registerCommand: registerRecorded });
}
