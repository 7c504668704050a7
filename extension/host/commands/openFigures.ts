// Open Figures and Tables: the paper's, with what is evaluated here in them.
import type { Services } from '../services';

export async function openFigures({ pages }: Services): Promise<void> {
  await pages.show('figures', {});
}
