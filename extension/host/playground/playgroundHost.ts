// All of the playground's host side: a bundle of its own, for it is seldom wanted at the start of a window.
export { openPlayground, tryInPlayground } from './playgroundCommands';
export { playgroundPage } from './playgroundPage';
