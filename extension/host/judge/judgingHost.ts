// What the bundle of judging offers: the commands, and the text of the documents.
export { forgetJudgeKeys, judgeAnswers, showJudgedAnswers } from '../commands/judge';
export { judgedContent } from './judgedDocument';
