// Cuts a tool's answer to what its caller has room for: whole lines from the end, and a word about it.

/** Of `vscode.LanguageModelToolTokenizationOptions`. */
export interface TokenBudget {
  tokenBudget: number;
  countTokens(text: string): Thenable<number>;
}

const leftOut = '(More was left out: it did not fit. Ask for fewer runs or modules.)';

export async function fitToBudget(text: string, budget: TokenBudget | undefined): Promise<string> {
  if (budget === undefined) return text;
  const fits = async (candidate: string) =>
    (await budget.countTokens(candidate)) <= budget.tokenBudget;
  if (await fits(text)) return text;
  const lines = text.split('\n');
  const cut = (count: number) => [...lines.slice(0, count), '', leftOut].join('\n');
  let most = 0;
  let tooMany = lines.length;
  while (tooMany - most > 1) {
    const middle = Math.floor((most + tooMany) / 2);
    if (await fits(cut(middle))) most = middle;
    else tooMany = middle;
  }
  return most === 0 ? leftOut : cut(most);
}
