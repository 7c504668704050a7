// `npm run l10n`: writes every translatable string of the sources to media/l10n/bundle.l10n.json. A translation
// is a copy of it named bundle.l10n.LOCALE.json; package.nls.json has the strings of package.json.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { bundlePath, bundleText, translatedCalls } from './strings';

const root = join(__dirname, '..', '..');
const target = join(root, bundlePath);
const text = bundleText(translatedCalls(root));
mkdirSync(dirname(target), { recursive: true });
writeFileSync(target, text);
console.log(`${bundlePath}: ${Object.keys(JSON.parse(text) as object).length} strings`);
