// Whether a seed draws here what it drew where an adapter was made. PEFT's versions up to this one draw as we do, of
// later ones nobody can know yet; a version that is not told is an older one.
import type { Fields } from '../../model/fields';

const newestKnown = { major: 0, minor: 21 };

/** Of an adapter without its projection. */
export function checkGenerator(fields: Fields): void {
  if (!fields.has('peft_version')) return;
  const [major = NaN, minor = NaN] = fields.text('peft_version').split('.').map(Number);
  const { major: highest, minor: last } = newestKnown;
  if (major < highest || (major === highest && minor <= last)) return;
  const supported = `the adapter leaves out its projection ("save_projection": false), which this version draws as PEFT up to ${highest}.${last} does; save it with the projection`;
  throw fields.unsupported('peft_version', supported);
}
