// What a screen reader says of answers while they are written: each once, when it is there, not token by token. Free of
// the document.
import { answerText, isOpen } from '../../extension/shared/answers';
import type { Answer, Turn } from '../../extension/shared/pages/playgroundPage';
import type { Translate } from '../../extension/shared/translate';

/** A longer answer is read in its column. */
const mostCharacters = 400;

/** Of the answers that ended from one state of a turn to the next. */
export function newsOf(
  before: Turn | undefined,
  now: Turn | undefined,
  nameOf: (id: string) => string,
  t: Translate,
): string[] {
  return Object.entries(now?.answers ?? {}).flatMap(([id, answer]) => {
    const earlier = before?.answers[id];
    if (earlier === undefined || !isOpen(earlier) || isOpen(answer)) return [];
    return [t('{0}: {1}', nameOf(id), spokenAnswer(answer, t))];
  });
}

function spokenAnswer(answer: Answer, t: Translate): string {
  if (answer.problem !== undefined) return answer.problem;
  const text = answerText(answer).trim();
  if (text === '') return t('nothing was written');
  return text.length > mostCharacters ? `${text.slice(0, mostCharacters)}…` : text;
}
