// adapter-lab: the command line, for shells, clusters and continuous integration. A plan is asked for while somebody waits
// for it, and compiling all commands takes longer than planning: each of the two is a bundle of its own.
void (process.argv[2] === 'plan' ? import('./planCommand') : import('./commands'));
