// Whether PyTorch and PEFT are there and compute on the GPU, and how fast their products are.
import { pythonEnvironment, runPython } from '../python';
import type { PeftForm } from '../work';

export interface PeftSide {
  python: string;
  device: PeftForm['device'];
  /** Of a product of bf16. */
  operationsPerSecond: number;
}

/** What test/bench/python/product_peak.py prints. */
interface Told {
  versions: Record<string, string | null>;
  name: string | null;
  operationsPerSecond: number;
}

interface Wish {
  /** `none`: our side alone. */
  python: string | undefined;
  device: PeftForm['device'];
  /** Of the products. */
  size: number;
  seconds: number;
}

/** Undefined, and why is said, where there is none; an interpreter that was named and does not serve is an error. */
export async function findPeft({
  python: named,
  device,
  ...rest
}: Wish): Promise<PeftSide | undefined> {
  if (named === 'none') {
    sayAlone('--python none');
    return undefined;
  }
  try {
    const python = pythonEnvironment(named);
    const told = (await runPython(python, 'product_peak.py', { device, ...rest })) as Told;
    const { versions, name, operationsPerSecond } = told;
    const text = Object.entries(versions).map(([one, version]) => `${one} ${version}`);
    if (name === null) throw new Error(`PyTorch sees no GPU (${text.join(', ')}).`);
    console.log(`Beside ${text.join(', ')} on ${name}.`);
    return { python, device, operationsPerSecond };
  } catch (error) {
    if (named !== undefined) throw error;
    sayAlone(error instanceof Error ? error.message : String(error));
    return undefined;
  }
}

function sayAlone(why: string): void {
  console.log(`Our side alone, nothing is compared with PEFT: ${why}`);
}
