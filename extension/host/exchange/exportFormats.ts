// In which forms an adapter or a model can leave, as the command line names them. Free of VS Code.
import type { Translate } from '../../shared/translate';

export type ExportFormat = 'peft' | 'lora' | 'model' | 'gguf' | 'gguf-lora';

export interface FormatChoice {
  format: ExportFormat;
  label: string;
  detail: string;
}

export interface Exportable {
  isAdapter: boolean;
  /** DoRA and its like: a GGUF adapter has no place for magnitudes. */
  hasMagnitudes: boolean;
}

export function formatChoices(
  { isAdapter, hasMagnitudes }: Exportable,
  t: Translate,
): FormatChoice[] {
  const gguf: FormatChoice = {
    format: 'gguf',
    label: t('GGUF model'),
    detail: isAdapter
      ? t('Merged into its base, one file for llama.cpp')
      : t('One file for llama.cpp'),
  };
  if (!isAdapter) {
    const detail = t('Model folder, as transformers loads it');
    return [{ format: 'peft', label: t('Hugging Face model'), detail }, gguf];
  }
  const forms: FormatChoice[] = [
    {
      format: 'peft',
      label: t('PEFT adapter'),
      detail: t('Folder with the adapter and a model card'),
    },
    {
      format: 'lora',
      label: hasMagnitudes ? t('Plain DoRA') : t('Plain LoRA'),
      detail: t('The same adapter for readers that know no other scales and methods'),
    },
    {
      format: 'model',
      label: t('Merged model'),
      detail: t('Model folder with the adapter in its weights, as transformers loads it'),
    },
    gguf,
  ];
  if (hasMagnitudes) return forms;
  const detail = t('The adapter alone, for llama.cpp --lora');
  return [...forms, { format: 'gguf-lora', label: t('GGUF adapter'), detail }];
}

/** One file, or a folder. */
export function isFile(format: ExportFormat): boolean {
  return format === 'gguf' || format === 'gguf-lora';
}

/** What a proposed name ends with. */
export function nameEnd(format: ExportFormat): string {
  const ends = {
    peft: '',
    lora: '-plain',
    model: '-merged',
    gguf: '.gguf',
    'gguf-lora': '-lora.gguf',
  };
  return ends[format];
}
