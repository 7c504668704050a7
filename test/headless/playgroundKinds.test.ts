// Adapters of every kind that PEFT wrote, side by side on one base: whoever stands beside it, each answers as it does alone.
import { cpSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { AskedModel } from '../../extension/shared/playground';
import { killPlaygrounds, Playground } from './playgroundClient';
import { Workspace } from './workspace';

const golden = join(__dirname, '../golden');
const kinds = [
  ...['lora', 'rslora', 'dora', 'magnitude-only-dora', 'dora-embeddings'],
  ...['vera', 'dvora', 'adalora'],
];
const settings = { maxNewTokens: 12 };
let workspace: Workspace;
/** By kind, and that of the base. */
const alone = new Map<string, string>();

beforeAll(async () => {
  workspace = new Workspace();
  cpSync(join(golden, 'models', 'gqa-tied'), workspace.path('base'), { recursive: true });
  writeTokenizer(workspace.path('base'));
  for (const kind of ['base', ...kinds]) alone.set(kind, await answerAlone(asked(kind)));
}, 120_000);
afterEach(killPlaygrounds);
afterAll(() => {
  workspace.remove();
});

function asked(kind: string): AskedModel {
  const model = { id: kind, model: workspace.path('base'), form: 'plain' };
  const adapter = join(golden, 'adapters', `gqa-tied-${kind}`);
  return kind === 'base' ? model : { ...model, adapter };
}

async function answerAlone(model: AskedModel): Promise<string> {
  const playground = new Playground();
  playground.ask([model], settings);
  await playground.done();
  return written(playground, model.id);
}

/** Tokens and their probabilities, to the bit. */
function written(playground: Playground, id: string, round = 1): string {
  const failed = playground.of(id, round).find(({ kind }) => kind === 'failed');
  if (failed?.kind === 'failed') throw new Error(`${id}: ${failed.message}`);
  return JSON.stringify(playground.tokens(id, round));
}

test('each kind changes what the base answers, in its own way', () => {
  expect(new Set(alone.values()).size).toBe(kinds.length + 1);
});

test('all kinds answer beside each other, and share the weights that none of them trains', async () => {
  const playground = new Playground();
  // Three adapters and their base a round, in one process: engines come and go.
  for (const round of kinds.keys()) {
    const group = [0, 1, 2].map((place) => kinds[(round + place) % kinds.length] ?? '');
    playground.ask(['base', ...group].map(asked), settings, round);
    await playground.done(round);
    for (const kind of ['base', ...group]) {
      expect(written(playground, kind, round)).toBe(alone.get(kind));
    }
    // Embeddings of its own are another base in memory.
    const sharing = group.filter((kind) => kind !== 'dora-embeddings');
    for (const kind of sharing) {
      const { sharedWith } = playground.started(kind, round);
      expect(sharedWith).toEqual(expect.arrayContaining(sharing.filter((one) => one !== kind)));
    }
  }
}, 120_000);

test('each kind is taken on a quantised base, and back', async () => {
  const playground = new Playground();
  for (const [round, kind] of kinds.entries()) {
    const models = ['nf4', 'none'].map((quantize) => ({ ...asked(kind), id: quantize, quantize }));
    playground.ask(models, settings, round);
    await playground.done(round);
    expect(written(playground, 'none', round)).toBe(alone.get(kind));
    expect(written(playground, 'nf4', round)).not.toBe(alone.get(kind));
    expect(playground.started('nf4', round).quantization).toBe('nf4');
  }
}, 120_000);

/** The model has 96 tokens: three special ones, and the printable characters from the exclamation mark on. */
function writeTokenizer(folder: string): void {
  const special = ['<pad>', '<s>', '</s>'];
  const characters = Array.from({ length: 93 }, (_, index) => String.fromCharCode(33 + index));
  const vocab = Object.fromEntries([...special, ...characters].map((text, id) => [text, id]));
  const tokenizer = {
    ...{ version: '1.0', truncation: null, padding: null, normalizer: null, post_processor: null },
    added_tokens: special.map((content, id) => ({
      ...{ id, content, special: true, normalized: false },
      ...{ single_word: false, lstrip: false, rstrip: false },
    })),
    pre_tokenizer: {
      type: 'ByteLevel',
      add_prefix_space: false,
      trim_offsets: true,
      use_regex: true,
    },
    decoder: { type: 'ByteLevel', add_prefix_space: true, trim_offsets: true, use_regex: true },
    model: {
      ...{ type: 'BPE', dropout: null, unk_token: null, continuing_subword_prefix: null },
      ...{ end_of_word_suffix: null, fuse_unk: false, byte_fallback: false },
      ...{ vocab, merges: [] },
    },
  };
  writeFileSync(join(folder, 'tokenizer.json'), JSON.stringify(tokenizer));
  const config = { bos_token: '<s>', eos_token: '</s>' };
  writeFileSync(join(folder, 'tokenizer_config.json'), JSON.stringify(config));
}
