// A workspace with answers that wait for a judge, and a local server that judges as its script says.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import type { Judgement } from '../../extension/shared/judging/conversationLines';
import { answerLine, asText } from '../unit/judge/lines';
import { JudgeServer, type Script } from '../unit/judge/judgeServer';
import { ended, Workspace, type CliResult } from './workspace';

/** What `adapter-lab judge --json` prints. */
export interface Told {
  judge: string;
  problem?: string;
  tasks: ToldTask[];
  error?: { code: string; message: string };
}

export interface ToldTask {
  task: string;
  file: string;
  n: number;
  judged: number;
  notJudged: number;
  score: number | null;
  turns: { turn: number; score: number | null }[];
  categories: { category: string; score: number | null }[];
}

export const judgeKey = 'sk-a-secret-that-nobody-may-see';

const conversations = [
  { question_id: 81, category: 'writing', turns: ['Name a tree.', 'Another one.'] },
  { question_id: 82, category: 'math', turns: ['3 + 4?', 'And 5 more?'], reference: ['7', '12'] },
];

export class JudgeWorkspace extends Workspace {
  private server: JudgeServer | undefined;

  /** results/chat.jsonl: three conversations of two turns. */
  writeAnswers(): void {
    mkdirSync(this.path('results'));
    const answers = [0, 1, 2].flatMap((index) =>
      [1, 2].map((turn) => answerLine({ index, turn, category: index < 2 ? 'writing' : 'math' })),
    );
    writeFileSync(this.path('results', 'chat.jsonl'), asText(answers));
  }

  /** data/talk: a judged task of two conversations, one of which is drawn. */
  writeTask(): void {
    mkdirSync(this.path('data', 'talk'), { recursive: true });
    const generation = { maxNewTokens: 6, temperatures: { writing: 1 } };
    this.writeJson('data/talk/task.json', { protocol: 'judged', generation });
    writeFileSync(this.path('data', 'talk', 'question.jsonl'), asText(conversations));
  }

  async serve(script: Script): Promise<JudgeServer> {
    return (this.server = await JudgeServer.start(script));
  }

  startJudge(served: JudgeServer, ...more: string[]) {
    const judge = ['--judge', served.url, '--judge-model', 'judge-a', '--judge-tries', '2'];
    return this.start(['judge', 'results', ...judge, ...more, '--json'], {
      ADAPTER_LAB_JUDGE_KEY: judgeKey,
    });
  }

  async judge(served: JudgeServer, ...more: string[]): Promise<CliResult & { told: Told }> {
    const result = await ended(this.startJudge(served, ...more));
    return { ...result, told: JSON.parse(result.stdout) as Told };
  }

  judgements(): Judgement[] {
    const file = this.path('results', 'judgements', 'chat.jsonl');
    if (!existsSync(file)) return [];
    const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
    return lines.filter((line) => line !== '').map((line) => JSON.parse(line) as Judgement);
  }

  async close(): Promise<void> {
    this.remove();
    await this.server?.close();
  }
}
