// npm run bench:cuda from its first line to its tables, our side alone, with the emulated backend in the place of a GPU.
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const top = join(import.meta.dirname, '../..');

test('the bench of a GPU measures and tells every kind of row', () => {
  const only = ['smollm2-135m-dora-4', 'smollm2-135m-lora-16-bf16', 'peak', 'share-1b-lora-4'];
  const args = ['--trial', '--python', 'none', '--rounds', '1', '--only', only.join()];
  const script = join(top, 'test/bench/cuda.ts');
  const told = execFileSync(process.execPath, ['--import', 'tsx', script, ...args], {
    ...{ cwd: top, encoding: 'utf8' },
  });
  expect(told).toMatch(/^Emulated GPU; products by /);
  expect(told).toContain('Our side alone, nothing is compared with PEFT: --python none');
  // Seconds, tokens a second and MB, and nothing beside them; a row of PEFT's alone is left out.
  expect(told).toMatch(
    /\n\| smollm2-135m dora \| 4 \| [\d.]+ \|  \|  \| [1-9]\d* \|  \| [1-9]\d* \|  \|  \|\n\n/,
  );
  expect(told).toMatch(
    /\n\| fastest product of bf16, 64 x 64 x 64, ours \| \d+ TFLOP\/s \|  \|  \|\n/,
  );
  expect(told).toMatch(/\n\| 1b: matrix products over step time x peak, lora, batch 4 \| \d+ % \|/);
  expect(told).toMatch(/\nLosses of smollm2-135m dora, batch 4\n {2}ours ([\d.]+ ?){3}\n/);
});
