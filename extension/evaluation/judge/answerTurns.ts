// First half of a judged task: the model answers every turn of every conversation, the first turns of all of them
// before the second ones. Answers that are in the file already are not asked for again.
import { AnswerFile } from '../../runs/answerFile';
import { parseAnswer, turnKey, type AnswerLine } from '../../shared/judging/conversationLines';
import { Failure } from '../../shared/failures';
import type { EvaluatedModel, EvaluationSettings } from '../evaluate';
import { shortHash } from '../hash';
import type { JudgedTask } from '../task';
import type { AskedConversations } from '../taskQuestions';
import type { ConversationFormat } from './conversationFormat';
import type { ConversationQuestion } from './questions';
import { writeAnswers, type OpenTurn } from './writeAnswers';

export interface AnswersResult {
  protocol: 'judged';
  task: string;
  /** By question, then turn. */
  answers: AnswerLine[];
  seconds: number;
  /** Turns that, with their answer, are longer than the model's context; they are asked all the same. */
  beyondContext: number;
}

/** No conversation has more turns. */
const mostTurns = 10_000;

export async function answerTurns(
  { task, questions }: AskedConversations,
  model: EvaluatedModel,
  settings: EvaluationSettings,
): Promise<AnswersResult> {
  const start = performance.now();
  const format = model.conversations(task.template);
  const modelHash = modelName(model, task, format);
  const file = new AnswerFile<AnswerLine>(settings.file, {
    task,
    parse: parseAnswer,
    models: [modelHash],
    questions: new Map(
      questions.map((one) => [placeOf({ ...one, turn: 1 }), firstHash(one, format)]),
    ),
    placeOf,
    replace: settings.replace ?? false,
  });
  const { file: path, onNote } = settings;
  if (file.isReplaced) onNote?.(`earlier answers that cannot be mixed are now in ${path}.old`);
  const answering = new Answering(questions, { format, modelHash, file, settings });
  let beyondContext = 0;
  try {
    for (let turn = 1; turn <= answering.turns; turn++) {
      const open = answering.open(turn);
      settings.signal?.throwIfAborted();
      const onWritten: typeof answering.keep = (one, written) => {
        answering.keep(one, written);
      };
      beyondContext += await writeAnswers(task, open, { model, format }, { settings, onWritten });
      settings.signal?.throwIfAborted();
    }
    file.finish();
  } finally {
    file.close();
  }
  const seconds = (performance.now() - start) / 1000;
  return {
    protocol: 'judged',
    task: task.name,
    answers: answering.inOrder(),
    seconds,
    beyondContext,
  };
}

interface AnsweringParts {
  format: ConversationFormat;
  modelHash: string;
  file: AnswerFile<AnswerLine>;
  settings: EvaluationSettings;
}

/** Which turns have an answer by now. */
class Answering {
  readonly turns: number;
  private readonly answers = new Map<string, AnswerLine>();
  private readonly count: number;

  constructor(
    private readonly questions: readonly ConversationQuestion[],
    private readonly parts: AnsweringParts,
  ) {
    this.turns = Math.max(0, ...questions.map(({ turns }) => turns.length));
    this.count = questions.reduce((sum, { turns }) => sum + turns.length, 0);
  }

  /** The conversations whose turn has no answer yet; all turns before it have one. */
  open(turn: number): OpenTurn[] {
    const asked = this.questions
      .filter(({ turns }) => turns.length >= turn)
      .map((question) => this.turnOf(question, turn));
    const open = asked.filter((one) => !this.takeKnown(one));
    this.tell();
    return open;
  }

  keep(one: OpenTurn, written: Pick<AnswerLine, 'text' | 'tokens'>): void {
    const line = this.lineOf(one, { ...written, model: this.parts.modelHash });
    this.parts.file.append(line);
    this.answers.set(turnKey(line), line);
    this.tell();
  }

  inOrder(): AnswerLine[] {
    return [...this.answers.values()].sort((a, b) => a.index - b.index || a.turn - b.turn);
  }

  private turnOf(question: ConversationQuestion, turn: number): OpenTurn {
    const before = this.earlier(question, turn).map(({ text }) => text);
    const prompt = this.parts.format.prompt(question.turns.slice(0, turn), before);
    return { question, turn, prompt, promptHash: shortHash(prompt) };
  }

  private takeKnown(one: OpenTurn): boolean {
    const { file, settings } = this.parts;
    const place = placeOf({ index: one.question.index, turn: one.turn });
    const known = file.known.get(place);
    if (known === undefined) return false;
    if (known.promptHash !== one.promptHash) {
      if (settings.replace === true) return false;
      const question = one.question.index + 1;
      throw new Failure('answers-to-other-questions', { file: settings.file, question });
    }
    const line = this.lineOf(one, known);
    // Another reference is another thing to be judged by, though the answer stands.
    if (line.answerHash !== known.answerHash) file.append(line);
    this.answers.set(turnKey(line), line);
    return true;
  }

  private lineOf(
    { question, turn, prompt, promptHash }: OpenTurn,
    { text, tokens, model }: Pick<AnswerLine, 'text' | 'tokens' | 'model'>,
  ): AnswerLine {
    const { index, id, category, turns, references } = question;
    const reference = references[turn - 1];
    const before = this.earlier(question, turn).map(({ answerHash }) => answerHash);
    return {
      ...{ index, id, category, turn, question: turns[turn - 1] ?? '' },
      ...(reference !== undefined && { reference }),
      ...{ text, tokens, prompt, promptHash, model },
      answerHash: shortHash(JSON.stringify([...before, prompt, text, model, reference ?? null])),
    };
  }

  private earlier({ index }: ConversationQuestion, turn: number): AnswerLine[] {
    return Array.from({ length: turn - 1 }, (_, i) =>
      this.answers.get(turnKey({ index, turn: i + 1 })),
    ).filter((line) => line !== undefined);
  }

  private tell(): void {
    const { onProgress } = this.parts.settings;
    const { size: done } = this.answers;
    const questions = this.count;
    onProgress?.({ done, questions, correct: 0, extracted: 0, isUnscored: true });
  }
}

function placeOf({ index, turn }: { index: number; turn: number }): number {
  return index * mostTurns + turn;
}

function firstHash({ turns }: ConversationQuestion, { prompt }: ConversationFormat): string {
  return shortHash(prompt(turns.slice(0, 1), []));
}

/** Answers depend on the model, on how texts are generated, and on what ends them. */
function modelName(
  { fingerprint, endTokens }: EvaluatedModel,
  { generation }: JudgedTask,
  format: ConversationFormat,
): string {
  const ends = [endTokens, format.endTokens, format.stopTexts];
  return shortHash(JSON.stringify([fingerprint, ends, generation]));
}
