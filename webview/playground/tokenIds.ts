// Ids of the tokens of one answer in the document, of which a page has several.
import { useMemo } from 'preact/hooks';

let answers = 0;

export function useTokenIds(): (index: number) => string {
  return useMemo(() => {
    answers += 1;
    const prefix = `answer-${answers}`;
    return (index) => `${prefix}-${index}`;
  }, []);
}
