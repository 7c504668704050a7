// Writes a copy of native/cuda in which every site may be switched off by its number (switches.h). Files change on disk only
// where their text does, so that what was compiled stays.
import fs from 'node:fs';
import path from 'node:path';
import { sitesOf } from './sites.mjs';

// What stands for CUDA itself on the host is no kernel.
const NO_KERNELS = /^(?:gpu|gpu_cuda|gpu_emulated)\.h$/;
const NUMBERS_OF_FILE = 1000;

/** The sites of all files, numbered. The copy of `from` is in `to`. */
export function writeSwitched(from, to) {
  fs.mkdirSync(to, { recursive: true });
  const files = fs.readdirSync(from).filter((file) => /\.(?:cu|cc|h)$/.test(file));
  for (const file of fs.readdirSync(to)) if (!files.includes(file)) fs.rmSync(path.join(to, file));
  return files.flatMap((file, index) => {
    const source = fs.readFileSync(path.join(from, file), 'utf8');
    const sites = NO_KERNELS.test(file)
      ? []
      : sitesOf(source).map((site, i) => ({ ...site, file, number: index * NUMBERS_OF_FILE + i }));
    const switched = sites.length === 0 ? source : rewrite(source, sites);
    const target = path.join(to, file);
    if (!fs.existsSync(target) || fs.readFileSync(target, 'utf8') !== switched)
      fs.writeFileSync(target, switched);
    return sites;
  });
}

/** Lines keep their numbers. */
function rewrite(source, sites) {
  const insertions = sites.flatMap((site, order) =>
    editsOf(site).map((edit) => ({ ...edit, order })),
  );
  // What ends at a place ends before anything begins there, the inner before the outer.
  insertions.sort(
    (a, b) =>
      a.at - b.at ||
      Number(b.ends) - Number(a.ends) ||
      (a.ends ? b.order - a.order : a.order - b.order),
  );
  let result = '#include "mutants/switches.h"\n#line 1\n';
  let done = 0;
  for (const { at, text, skip = 0 } of insertions) {
    result += source.slice(done, at) + text;
    done = at + skip;
  }
  return result + source.slice(done);
}

const COMPARE = {
  '<': 'less',
  '<=': 'less_or_equal',
  '>': 'greater',
  '>=': 'greater_or_equal',
  '==': 'equal',
  '!=': 'not_equal',
};

function editsOf({ kind, begin, end, number, operator }) {
  const opened = (call) => ({ at: begin, text: `(::adapter_lab::mutants::${call}`, ends: false });
  const closed = (text) => ({ at: end, text, ends: true });
  if (kind === 'barrier') return [opened(`is_removed(${number}) ? void() : `), closed(')')];
  if (kind === 'condition') return [opened(`holds(${number}, `), closed('))')];
  const comma = { at: operator.begin, text: ',', skip: operator.found.length, ends: false };
  return [opened(`${COMPARE[operator.found]}(${number}, `), comma, closed('))')];
}
