// The environment of a trainer started from a shell or from VS Code's extension host.

/** Variables with which an editor or a debugger would reach into the trainer. */
const dropped = ['NODE_OPTIONS', 'VSCODE_INSPECTOR_OPTIONS', 'NODE_CHANNEL_FD'];

export function trainerEnvironment(own: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const kept = Object.entries(own).filter(([name]) => !dropped.includes(name));
  // In the extension host process.execPath is the editor; this makes it behave as Node. Node ignores it.
  return { ...Object.fromEntries(kept), ELECTRON_RUN_AS_NODE: '1' };
}
