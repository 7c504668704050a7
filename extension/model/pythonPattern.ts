// Python's regular expressions, in which PEFT's configurations name modules, as JavaScript's.

/** What is spelt otherwise; both sides mean the same of names without line breaks. */
const spellings: readonly [RegExp, string][] = [
  [/\(\?P</g, '(?<'],
  [/\(\?P=(\w+)\)/g, '\\k<$1>'],
  [/\(\?#[^)]*\)/g, ''],
];

/** `\A` and `\Z`, where the backslash is not itself escaped. */
function anchors(text: string): string {
  return text.replace(/\\[^]/g, (pair) => ({ '\\A': '^', '\\Z': '$' })[pair] ?? pair);
}

/** Matches whole names; undefined when the text is no expression that both languages have. */
export function wholePattern(text: string): RegExp | undefined {
  const [, inline = '', rest = ''] = /^((?:\(\?[aimsux]+\))?)([^]*)$/.exec(text) ?? [];
  const flags = /[im]/.test(inline) ? inline.replace(/[^im]/g, '') : '';
  // In verbose mode spaces and comments would mean nothing.
  if (inline.includes('x')) return undefined;
  const spelt = spellings.reduce((one, [theirs, ours]) => one.replace(theirs, ours), rest);
  try {
    return new RegExp(`^(?:${anchors(spelt)})$`, flags);
  } catch {
    return undefined;
  }
}
