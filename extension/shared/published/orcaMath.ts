// Orca-Math word problems, exact match on 500 that were held out: Figure 6 of the DoRA paper (arXiv 2402.09353,
// version 6), whose labels have two digits, and Answer.AI's post on QDoRA of April 2024, which has three and more
// settings. Both are shown: neither is a rounding of the other's missing rows.

export interface OrcaMathRow {
  /** FT, QLoRA, ... */
  setting: string;
  /** 0 to 1. */
  exactMatch: number;
}

export interface OrcaMathGroup {
  model: string;
  /** Records that the trained ones saw. */
  records: number;
  citation: string;
  rows: readonly OrcaMathRow[];
}

const paper = 'DoRA paper (arXiv 2402.09353), Figure 6';
const post = 'Answer.AI, "FSDP QDoRA", April 2024';
const ofPaper = ['Zero-shot', '5-shot', 'FT', 'QLoRA', 'QDoRA'];
const ofPost = [
  ...['Zero-shot', '5-shot', 'FT', 'FT, then NF4', 'QLoRA', 'QDoRA'],
  'Quantized LLaMA-Pro',
];

function rowsOf(settings: readonly string[], values: readonly number[]): OrcaMathRow[] {
  return settings.map((setting, i) => ({ setting, exactMatch: values[i] ?? NaN }));
}

export const orcaMathGroups: readonly OrcaMathGroup[] = [
  {
    ...{ model: 'LLaMA2-7B', records: 100_000, citation: paper },
    rows: rowsOf(ofPaper, [0.07, 0.08, 0.26, 0.12, 0.31]),
  },
  {
    ...{ model: 'LLaMA3-8B', records: 100_000, citation: paper },
    rows: rowsOf(ofPaper, [0.23, 0.27, 0.51, 0.32, 0.56]),
  },
  {
    ...{ model: 'LLaMA2-7B', records: 100_000, citation: post },
    rows: rowsOf(ofPost, [0.068, 0.08, 0.26, 0.168, 0.118, 0.312, 0.134]),
  },
  {
    ...{ model: 'LLaMA2-7B', records: 10_000, citation: post },
    rows: rowsOf(ofPost, [0.068, 0.08, 0.182, 0.14, 0.098, 0.176, 0.134]),
  },
];
