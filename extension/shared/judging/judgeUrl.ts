// The base URL of a judge, as users write it.

export const exampleJudgeUrl = 'http://localhost:8000/v1';

const form = /^https?:\/\/(\[[0-9a-f:.]+\]|[^\s/?#@:[\]]+)(:\d{1,5})?([/?#]\S*)?$/i;
const withUser = /^https?:\/\/[^/?#\s]*@/i;

/** What is wrong with it, as the end of a sentence; undefined for a good one. */
export function judgeUrlProblem(url: string): string | undefined {
  if (withUser.test(url)) {
    return 'holds a name or a password; the key belongs into ADAPTER_LAB_JUDGE_KEY';
  }
  return form.test(url) ? undefined : `must be a URL such as ${exampleJudgeUrl}`;
}
