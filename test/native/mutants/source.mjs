// C++ sources as far as mutants need them: text without what only people and the preprocessor read, brackets, functions.

/** The same with spaces for comments, literals and preprocessor lines, so that every place stays where it was. */
export function withoutText(source) {
  const blank = (found) => found.replace(/[^\n]/g, ' ');
  return source
    .replace(/\/\/[^\n]*|\/\*[\s\S]*?\*\/|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)+'/g, blank)
    .replace(/^[ \t]*#(?:[^\n]*\\\n)*[^\n]*/gm, blank);
}

/** Where the bracket at `open` is closed. */
export function closingOf(text, open) {
  let depth = 0;
  for (let at = open; at < text.length; ++at) {
    if ('([{'.includes(text[at])) ++depth;
    if (')]}'.includes(text[at]) && --depth === 0) return at;
  }
  throw new Error('a bracket is not closed');
}

/** Functions that run on the device: { name, begin, end }, from behind their parameters to the end of their body. */
export function deviceFunctions(text) {
  const functions = [];
  for (const { index } of text.matchAll(/\b__(?:global|device)__\b/g)) {
    const found = functionAt(text, index);
    if (found) functions.push(found);
  }
  return functions;
}

function functionAt(text, index) {
  const head = text
    .slice(index)
    .replace(/__launch_bounds__\((?:[^()]|\([^()]*\))*\)/g, (found) => ' '.repeat(found.length));
  const named = /(operator\s*\(\s*\)|operator\s*[^\s(]+|~?\w+(?:<[^<>()]*>)?)\s*\(/.exec(head);
  if (!named) return undefined;
  let at = closingOf(text, index + named.index + named[0].length - 1) + 1;
  const begin = at;
  for (; text[at] !== '{'; ++at) {
    if (text[at] === ';') return undefined;
    if (text[at] === '(') at = closingOf(text, at);
  }
  return { name: named[1].replace(/\s/g, ''), begin, end: closingOf(text, at) + 1 };
}
