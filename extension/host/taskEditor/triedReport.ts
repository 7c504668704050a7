// What a model said to the first records of a task, as Markdown. Free of VS Code.
import type { Prediction } from '../../shared/prediction';
import type { Translate } from '../../shared/translate';

export interface Tried {
  task: string;
  model: string;
  /** As `adapter-lab evaluate --json` tells it. */
  result: TriedResult;
  predictions: readonly Prediction[];
}

export type TriedResult =
  | { protocol: 'generation' | 'choice'; n: number; correct: number; beyondContext: number }
  | { protocol: 'perplexity'; tokens: number; natsPerToken: number; perplexity: number };

export function triedReport({ task, model, result, predictions }: Tried, t: Translate): string {
  const heading = `# ${t('{0} with {1}', text(task), text(model))}`;
  if (result.protocol === 'perplexity') {
    const { tokens, natsPerToken, perplexity } = result;
    const figure = t(
      'Perplexity **{0}**: {1} nats a token over {2} tokens.',
      perplexity.toFixed(2),
      natsPerToken.toFixed(3),
      tokens.toLocaleString('en-US'),
    );
    return `${heading}\n\n${figure}\n`;
  }
  const { n, correct, beyondContext } = result;
  const unread = predictions.filter(({ extracted }) => extracted === '').length;
  const notes = [
    t('**{0} of {1} right.**', correct, n),
    ...(unread > 0 ? [t('In {0} outputs no answer was found.', unread)] : []),
    ...(beyondContext > 0
      ? [t("{0} questions are longer than the model's context.", beyondContext)]
      : []),
  ];
  const parts = predictions.map((prediction) => answerPart(prediction, t));
  return [heading, notes.join(' '), ...parts].join('\n\n') + '\n';
}

function answerPart(prediction: Prediction, t: Translate): string {
  const { index, correct, extracted, answer, prompt = '' } = prediction;
  const verdict = correct
    ? t('right')
    : extracted === ''
      ? t('wrong: no answer was found')
      : t('wrong');
  const found = extracted === '' ? t('none') : code(extracted);
  const rows = [
    `## ${correct ? '✓' : '✗'} ${t('Record {0}: {1}', index + 1, verdict)}`,
    t('Answer found: {0} · right answer: {1}', found, code(answer)),
  ];
  const said =
    prediction.protocol === 'choice'
      ? choiceTable(prediction, t)
      : `**${t('Output')}**\n\n${block(prediction.text)}`;
  return [...rows, said, `**${t('Prompt')}**\n\n${block(prompt)}`].join('\n\n');
}

function choiceTable(
  { choices = [], logLikelihoods = [], text: chosen }: Prediction,
  t: Translate,
) {
  const rows = choices.map((choice, i) => {
    const shown = choice === chosen ? `**${cell(choice)}**` : cell(choice);
    return `| ${shown} | ${(logLikelihoods[i] ?? NaN).toFixed(3)} |`;
  });
  return [`| ${t('Choice')} | ${t('log-likelihood')} |`, '| --- | ---: |', ...rows].join('\n');
}

/** A fence that no text can end. */
function block(content: string): string {
  const longest = Math.max(2, ...[...content.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}text\n${content}\n${fence}`;
}

function code(content: string): string {
  const line = content.replace(/\s+/g, ' ');
  const longest = Math.max(0, ...[...line.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  const gap = longest > 0 ? ' ' : '';
  return `${fence}${gap}${line}${gap}${fence}`;
}

function cell(content: string): string {
  return text(content.replace(/\s+/g, ' ')).replaceAll('|', '\\|');
}

/** Nothing in it is Markdown or HTML. */
function text(content: string): string {
  return content.replace(/[\\`*_{}[\]()#+!<>&~]/g, '\\$&');
}
