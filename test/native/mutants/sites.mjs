// Finds what may be switched off in a kernel's source: barriers, and the tests of device code (comparisons, and what stands
// in conditions). It is no parser: the sources are formatted, so an operator that compares has a space on either side.
import { closingOf, deviceFunctions, withoutText } from './source.mjs';

const COMPARISON = /(?<=\s)(?:<=|>=|==|!=|<|>)(?=\s)/g;
const BARRIER = /\b__sync(?:threads|warp)\s*\(/g;
// What decides nothing on a device: checks and counts of the emulation, what the compiler knows.
const CONSTANT =
  /\b(?:GPU_CHECK|static_assert|if constexpr)\s*\(|\bif \([^;{}]*\) GPU_COUNT_\w+|\bconstexpr\b[^;{]*[;{]/g;
// Operators that bind less than a comparison; `(`, `[`, `{` and their partners end an operand too.
const LOOSER =
  /^(?:;|,|\?|:(?!:)|&&|\|\||[-+*/|&^]?=(?!=)|(?:==|!=|<=|>=|<|>)(?=\s)|[&|^](?=\s)|return\b|else\b)/;

/** Places of a source, in order: { kind: 'barrier' | 'comparison' | 'condition', begin, end, operator?, name, line, code,
 * changes }. `changes` are the ways to break it. */
export function sitesOf(source) {
  const text = withoutText(source);
  const constants = [...text.matchAll(CONSTANT)].map((match) => {
    const open = match[0].endsWith('(') ? match.index + match[0].length - 1 : undefined;
    return [
      match.index,
      open === undefined ? match.index + match[0].length : closingOf(text, open),
    ];
  });
  const isConstant = (at) => constants.some(([begin, end]) => at >= begin && at < end);
  const sites = deviceFunctions(text).flatMap(({ name, begin, end }) =>
    [
      ...barriers(text, begin, end),
      ...comparisons(text, begin, end),
      ...conditions(text, begin, end),
    ].map((site) => ({ ...site, name })),
  );
  return sites
    .filter((site) => !isConstant(site.begin))
    .sort((a, b) => a.begin - b.begin || b.end - a.end)
    .map((site) => ({
      ...site,
      line: source.slice(0, site.begin).split('\n').length,
      code: source.slice(site.begin, site.end).replace(/\s+/g, ' '),
    }));
}

function matches(text, pattern, begin, end) {
  return [...text.slice(begin, end).matchAll(pattern)].map((match) => ({
    begin: begin + match.index,
    end: begin + match.index + match[0].length,
    found: match[0],
  }));
}

function barriers(text, begin, end) {
  return matches(text, BARRIER, begin, end).map((match) => ({
    kind: 'barrier',
    begin: match.begin,
    end: closingOf(text, match.end - 1) + 1,
    changes: ['removed'],
  }));
}

function comparisons(text, begin, end) {
  return matches(text, COMPARISON, begin, end).map((match) => {
    const span = trimmed(text, operandBegin(text, match.begin), operandEnd(text, match.end));
    const isOrdered = /^[<>]/.test(match.found);
    const hasEdge = isOrdered && !isClamp(text, span, match);
    const changes = hasEdge ? ['true', 'false', 'edge'] : ['true', 'false'];
    return { kind: 'comparison', ...span, operator: match, changes };
  });
}

/** `a < b ? a : b`: which of two equals is taken makes no difference. */
function isClamp(text, span, operator) {
  const after = /^\s*\?/.exec(text.slice(span.end));
  if (!after) return false;
  const first = operandSpan(text, span.end + after[0].length);
  const second = operandSpan(text, first.end + 1);
  const compared = [text.slice(span.begin, operator.begin), text.slice(operator.end, span.end)];
  const chosen = [first, second].map(({ begin, end }) => text.slice(begin, end));
  const same = (a, b) => a.replace(/\s/g, '') === b.replace(/\s/g, '');
  return (
    (same(compared[0], chosen[0]) && same(compared[1], chosen[1])) ||
    (same(compared[0], chosen[1]) && same(compared[1], chosen[0]))
  );
}

/** One of `? first : second`. */
function operandSpan(text, begin) {
  let at = begin;
  while (at < text.length && !/^(?:[;,)\]}?]|:(?!:))/.test(text.slice(at, at + 2))) {
    if (text.startsWith('::', at)) at += 2;
    else at = '([{'.includes(text[at]) ? closingOf(text, at) + 1 : at + 1;
  }
  return { begin, end: at };
}

/** Conditions that compare nothing: flags, masks of bits. */
function conditions(text, begin, end) {
  const spans = [
    ...matches(text, /\b(?:if|while)\s*\(/g, begin, end).map((match) =>
      inside(text, match.end - 1),
    ),
    ...matches(text, /\bfor\s*\(/g, begin, end).flatMap((match) => loopTest(text, match.end - 1)),
    ...matches(text, /\?/g, begin, end).map((match) => beforeQuestion(text, match.begin)),
    ...matches(text, /&&|\|\|/g, begin, end).flatMap((match) => [
      { begin: logicalBegin(text, match.begin), end: match.begin },
      { begin: match.end, end: logicalEnd(text, match.end) },
    ]),
  ];
  const parts = spans.map((span) => trimmed(text, span.begin, span.end));
  const seen = new Set();
  return parts
    .filter((part) => {
      const key = `${part.begin},${part.end}`;
      if (seen.has(key)) return false;
      seen.add(key);
      return isPlain(text.slice(part.begin, part.end));
    })
    .map((part) => ({ kind: 'condition', ...part, changes: ['true', 'false'] }));
}

function inside(text, open) {
  return { begin: open + 1, end: closingOf(text, open) };
}

function loopTest(text, open) {
  const parts = [];
  const close = closingOf(text, open);
  for (let at = open + 1; at < close; ++at) {
    if ('([{'.includes(text[at])) at = closingOf(text, at);
    else if (text[at] === ';') parts.push(at);
  }
  return parts.length === 2 ? [{ begin: parts[0] + 1, end: parts[1] }] : [];
}

/** Nothing in it is tested on its own: no comparison, no &&, not even in brackets around all of it. */
function isPlain(code) {
  let depth = 0;
  const least = code.startsWith('(') || code.startsWith('!(') ? 1 : 0;
  for (let at = 0; at < code.length; ++at) {
    if ('([{'.includes(code[at])) ++depth;
    else if (')]}'.includes(code[at])) --depth;
    else if (depth <= least && /^(?:&&|\|\||\s(?:<=|>=|==|!=|<|>)\s)/.test(code.slice(at, at + 4)))
      return false;
  }
  return code.length > 0;
}

function trimmed(text, begin, end) {
  while (/\s/.test(text[begin])) ++begin;
  while (/\s/.test(text[end - 1])) --end;
  return { begin, end };
}

/** Walks to the left over whatever binds more than what `stops` finds. */
function walkLeft(text, at, stops) {
  for (let place = at - 1; place >= 0; --place) {
    if (')]'.includes(text[place])) place = openingOf(text, place);
    else if ('([{}'.includes(text[place])) return place + 1;
    else {
      const length = stops(text, place);
      if (length > 0) return place + length;
    }
  }
  return 0;
}

function openingOf(text, close) {
  let depth = 0;
  for (let at = close; at >= 0; --at) {
    if (')]}'.includes(text[at])) ++depth;
    if ('([{'.includes(text[at]) && --depth === 0) return at;
  }
  throw new Error('a bracket is not opened');
}

function startsWord(text, at) {
  return !/\w/.test(text[at - 1] ?? ' ');
}

function looserAt(text, at) {
  const found = LOOSER.exec(text.slice(at, at + 8))?.[0];
  if (!found) return 0;
  if (/^[&|^]$/.test(found) && text[at - 1] !== ' ') return 0;
  if (found.startsWith(':') && text[at - 1] === ':') return 0;
  if (/^\w/.test(found) && !startsWord(text, at)) return 0;
  if (/^[<>]$/.test(found) && !/\s/.test(text[at - 1])) return 0;
  if (/^=/.test(found) && /[<>=!+\-*/|&^]/.test(text[at - 1])) return 0;
  return found.length;
}

function operandBegin(text, at) {
  return walkLeft(text, at, looserAt);
}

function logicalAt(text, at) {
  const length = looserAt(text, at);
  return /^(?:[;,?]|:|&&|\|\||[-+*/|&^]?=(?!=)|return|else)/.test(text.slice(at, at + 8))
    ? length
    : 0;
}

function logicalBegin(text, at) {
  return walkLeft(text, at, logicalAt);
}

function beforeQuestion(text, at) {
  const stops = (all, place) =>
    /^(?:&&|\|\|)/.test(all.slice(place, place + 2)) ? 0 : logicalAt(all, place);
  return { begin: walkLeft(text, at, stops), end: at };
}

function walkRight(text, begin, stops) {
  for (let at = begin; at < text.length; ++at) {
    if ('([{'.includes(text[at])) at = closingOf(text, at);
    else if (')]}'.includes(text[at]) || stops(text, at) > 0) return at;
    else if (text.startsWith('::', at)) ++at;
  }
  return text.length;
}

function operandEnd(text, begin) {
  return walkRight(text, begin, looserAt);
}

function logicalEnd(text, begin) {
  return walkRight(text, begin, logicalAt);
}
