import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { answerLine, asText } from '../../unit/judge/lines';
import { JudgeServer } from '../../unit/judge/judgeServer';
import { errorsDuring, experimentFrom, reaches, train } from './session';

describe('Judging', () => {
  let run: string;
  let server: JudgeServer;

  before(async () => {
    server = await JudgeServer.start(() => ({ reply: 'Clear and right.\n[[8]]' }));
    run = await train(
      await experimentFrom('judged', {
        ...{ 'training.steps': 2, 'evaluation.tasks': [], method: 'lora' },
      }),
    );
    await reaches(run, 'done', 'failed');
    const results = join(run, 'results');
    mkdirSync(results, { recursive: true });
    const answers = [1, 2].map((turn) => answerLine({ turn }));
    writeFileSync(join(results, 'chat.jsonl'), asText(answers));
  });
  after(() => server.close());

  it('by a language model says what to do where VS Code has none', async () => {
    const models = await vscode.lm.selectChatModels();
    if (models.length > 0) return;
    const errors = await errorsDuring(async () => {
      await vscode.commands.executeCommand('adapterLab.judgeAnswers', run, { languageModel: '' });
    });
    assert.match(errors[0] ?? '', /no language model here/);
    assert.ok(!existsSync(join(run, 'results', 'judgements')));
  });

  it('by an endpoint keeps grades and words beside the answers, and the key nowhere', async () => {
    const judge = { url: server.url, model: 'judge-a', key: 'sk-secret' };
    const judged = await vscode.commands.executeCommand<string[]>(
      'adapterLab.judgeAnswers',
      run,
      judge,
    );
    assert.deepEqual(judged, [join(run, 'results', 'chat.jsonl')]);
    assert.equal(server.seen[0]?.authorization, 'Bearer sk-secret');
    const text = readFileSync(join(run, 'results', 'judgements', 'chat.jsonl'), 'utf8');
    assert.equal(text.trimEnd().split('\n').length, 2);
    assert.ok(!text.includes('sk-secret'));
  });

  it('shows answers and what the judge wrote', async () => {
    const uri = await vscode.commands.executeCommand<vscode.Uri>(
      'adapterLab.showJudgedAnswers',
      run,
    );
    const document = await vscode.workspace.openTextDocument(uri);
    const text = document.getText();
    assert.match(text, /Judged by \*\*judge-a\*\*/);
    assert.match(text, /### Turn 2 · 8 of 10/);
    assert.match(text, /> Clear and right/);
  });

  it('remembers the key of a server until it is told to forget', async () => {
    const judge = { url: server.url, model: 'judge-b' };
    await vscode.commands.executeCommand('adapterLab.judgeAnswers', run, judge);
    assert.equal(server.seen.at(-1)?.authorization, 'Bearer sk-secret');
    assert.equal(await vscode.commands.executeCommand('adapterLab.forgetJudgeKeys'), 1);
    assert.equal(await vscode.commands.executeCommand('adapterLab.forgetJudgeKeys'), 0);
  });
});
