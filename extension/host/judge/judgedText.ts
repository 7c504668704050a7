// Answers and what a judge wrote of them, as a document to be read. Free of VS Code.
import type { AnswerLine, Judgement } from '../../shared/judging/conversationLines';
import { judgedScores, judgesOf, type ScoreFigure } from '../../shared/judgedScores';
import type { Translate } from '../../shared/translate';
import { escapeMarkdown } from '../markdownText';

export interface JudgedTask {
  task: string;
  /** Whose answers they are. */
  place: string;
  answers: readonly AnswerLine[];
  judgements: readonly Judgement[];
}

/** Markdown. Of several judges the one that was asked last is shown. */
export function judgedText({ task, place, answers, judgements }: JudgedTask, t: Translate): string {
  const [judge, ...others] = judgesOf(judgements);
  const own = judgements.filter((one) => one.judge === judge);
  const byAnswer = new Map(own.map((one) => [one.answerHash, one]));
  return [
    `# ${escapeMarkdown(task)}`,
    t('Answers of {0}.', escapeMarkdown(place)),
    judge === undefined
      ? t('Not judged yet.')
      : t('Judged by {0}.', `**${escapeMarkdown(judge)}**`) +
        (others.length === 0
          ? ''
          : ` ${t('Judged before by {0}.', others.map(escapeMarkdown).join(', '))}`),
    figures(answers, own, t),
    ...grouped(answers).map((turns) => conversation(turns, byAnswer, t)),
    '',
  ].join('\n\n');
}

function grouped(answers: readonly AnswerLine[]): AnswerLine[][] {
  const indexes = [...new Set(answers.map(({ index }) => index))];
  return indexes.map((index) => answers.filter((one) => one.index === index));
}

function figures(
  answers: readonly AnswerLine[],
  judgements: readonly Judgement[],
  t: Translate,
): string {
  const scores = judgedScores(answers, judgements);
  const { interval } = scores;
  const row = (name: string, { score, judged, notJudged }: ScoreFigure, more = ''): string =>
    `| ${escapeMarkdown(name)} | ${scoreText(score, t)}${more} | ${judged} | ${notJudged} |`;
  const range =
    interval === null
      ? ''
      : ` (${t('95 % interval {0} to {1}', interval.low.toFixed(2), interval.high.toFixed(2))})`;
  return [
    `| | ${t('Score')} | ${t('Judged')} | ${t('Not judged')} |`,
    '|:--|:--|--:|--:|',
    row(t('All answers'), scores, range),
    ...scores.turns.map((one) => row(t('Turn {0}', one.turn), one)),
    ...scores.categories.map((one) => row(one.category, one)),
  ].join('\n');
}

function conversation(
  turns: readonly AnswerLine[],
  judgements: ReadonlyMap<string, Judgement>,
  t: Translate,
): string {
  const [first] = turns;
  if (first === undefined) return '';
  const parts = turns.flatMap((answer) => {
    const judgement = judgements.get(answer.answerHash);
    const grade = judgement === undefined ? t('not judged') : gradeText(judgement, t);
    return [
      `### ${turns.length === 1 ? grade : `${t('Turn {0}', answer.turn)} · ${grade}`}`,
      `**${t('Question')}**`,
      quoted(answer.question),
      ...(answer.reference === undefined
        ? []
        : [`**${t('Reference answer')}**`, quoted(answer.reference)]),
      `**${t('Answer')}**`,
      answer.text === '' ? `*${t('(nothing)')}*` : quoted(answer.text),
      ...(judgement === undefined ? [] : [`**${t('The judge')}**`, quoted(judgement.text)]),
    ];
  });
  return [`## ${escapeMarkdown(first.id)} · ${escapeMarkdown(first.category)}`, ...parts].join(
    '\n\n',
  );
}

function gradeText({ score, problem, tries }: Judgement, t: Translate): string {
  if (score !== null) return t('{0} of 10', String(score));
  const told = {
    empty: t('the judge wrote nothing'),
    'no-score': t('the judge gave no grade in the form that was asked for'),
    'out-of-range': t('the judge gave a grade that is not from 1 to 10'),
    ambiguous: t('the judge gave several grades'),
  };
  const why = told[problem ?? 'no-score'];
  return `${t('not judged')}: ${why} (${t('asked {0} times', tries)})`;
}

function scoreText(score: number | null, t: Translate): string {
  return score === null ? t('not judged') : `**${score.toFixed(2)}**`;
}

/** As it was written, line by line: nothing in it is markup, and code keeps its indentation. */
function quoted(text: string): string {
  return text
    .split(/\r?\n/)
    .map((line) => {
      const [indentation = ''] = /^[ \t]*/.exec(line) ?? [];
      const width = indentation.replaceAll('\t', '    ').length;
      return `> ${'\u00a0'.repeat(width)}${escapeMarkdown(line.slice(indentation.length))}`;
    })
    .join('  \n');
}
