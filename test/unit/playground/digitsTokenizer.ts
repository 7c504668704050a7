// A tokenizer of golden values, which needs no model.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isObject, parseJson } from '../../../extension/model/jsonFile';
import { TextTokenizer } from '../../../extension/model/tokenizer';
import { prepareTokenizer } from '../../../extension/model/tokenizerJson';

const file = join(__dirname, '../../golden/tokenizer/digits.tokenizer.json');
const json = parseJson(readFileSync(file, 'utf8'), file);
if (!isObject(json)) throw new Error('no tokenizer');
export const tokenizer = new TextTokenizer(prepareTokenizer(json, file), file, {});
