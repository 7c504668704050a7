/** What CUDA's kernels are held to in f32, on the host and on a GPU: the whole of training, with the CPU's tolerances. */
export const goldenFiles = [
  'training',
  'adalora',
  'logits',
  'generation',
  'likelihoods',
  'slopes',
  'moments',
  'savedStates',
].map((name) => `test/golden/${name}.test.ts`);
