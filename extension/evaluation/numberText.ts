// Reads numbers as people write them: signs of currencies, percent, thousands, fractions, digits of any script.

const written = /^([-+]?)(\d+\.?\d*|\.\d+)(?:e([-+]?\d+))?$/i;

/** NaN for what is none. */
export function numberOf(text: string): number {
  const plain = inAsciiDigits(text)
    .replace(/[\s,$€£¥%]/g, '')
    .replace('\u2212', '-');
  const [above = '', below, ...more] = plain.split('/');
  if (more.length > 0) return NaN;
  const numerator = plainNumber(above);
  return below === undefined ? numerator : numerator / plainNumber(below);
}

function plainNumber(text: string): number {
  return written.test(text) ? Number(text) : NaN;
}

/** Decimal digits stand in Unicode in runs of ten, each from zero to nine. */
function inAsciiDigits(text: string): string {
  return text.replace(/\p{Nd}/gu, (digit) => {
    const code = digit.codePointAt(0) ?? 0;
    if (code < 0x80) return digit;
    let before = 0;
    while (/^\p{Nd}$/u.test(String.fromCodePoint(code - before - 1))) before += 1;
    return String(before % 10);
  });
}
