// A task whose answers are judged: conversations, how they are asked, how they are answered.

export interface JudgedTask {
  name: string;
  protocol: 'judged';
  /** File of the conversations, in the task's folder. */
  questions: string;
  /** auto: as the model was tuned where that is known, else its chat template, else alpaca. */
  template: string;
  generation: { beams: number; maxNewTokens: number };
}

/** What stands before the first of the stop texts. */
export function cutAtStop(text: string, stopTexts: readonly string[]): string {
  const stops = stopTexts.map((stop) => text.indexOf(stop)).filter((place) => place >= 0);
  return stops.length === 0 ? text : text.slice(0, Math.min(...stops));
}
