import { describe, expect, test } from 'vitest';
import {
  noteHover,
  notePath,
  noteText,
  type HoverContext,
  type ToldRun,
} from '../../../../extension/host/editor/notes';
import { outlineOf } from '../../../../extension/host/editor/outline';
import { OutcomeReader, type RunOutcome } from '../../../../extension/host/editor/runOutcome';
import { newestRuns, runsOf } from '../../../../extension/host/editor/runsOf';
import type { RunEvent, SlopeFit } from '../../../../extension/shared/run';
import { makeView, now, t, type MadeView } from '../runView';

const fit: SlopeFit = { module: 'all', slope: 0.03, correlation: 0.4, points: 2, interval: null };
const modules = [
  { name: 'model.layers.0.self_attn.q_proj', deltaM: 0.01, deltaD: 0.02 },
  { name: 'model.layers.1.self_attn.q_proj', deltaM: 0.03, deltaD: 0.05 },
];

function events(): RunEvent[] {
  const accuracy = { type: 'accuracy', step: 200, n: 100, correct: 1, seconds: 1 } as const;
  return [
    {
      seq: 1,
      type: 'step',
      step: 10,
      loss: 1,
      gradNorm: 1,
      learningRate: 1,
      tokens: 1,
      seconds: 1,
    },
    { seq: 2, type: 'slope', step: 100, modules, fits: [{ ...fit, slope: 9 }] },
    { seq: 3, type: 'slope', step: 200, modules, fits: [fit] },
    { seq: 4, ...accuracy, task: 'facts', accuracy: 0.7 },
    { seq: 5, ...accuracy, task: 'facts', accuracy: 0.8 },
    { seq: 6, ...accuracy, task: 'quiz', accuracy: 0.6 },
  ];
}

function outcome(added: readonly RunEvent[] = events()): RunOutcome {
  const reader = new OutcomeReader();
  reader.add(added, false);
  return reader.outcome();
}

function told(made: MadeView, found = outcome()): ToldRun {
  return { view: makeView({ ...made, settings: { adapter: { rank: 16 } } }), outcome: found };
}

const done = { state: 'done', heartbeat: '2026-03-01T10:00:00Z', loss: 0.4123 } as const;

describe('the note of the newest runs', () => {
  test('of one run tells loss, mean accuracy, slope and when it ended', () => {
    const text = noteText([told({ id: '1', status: done })], { now, t });
    expect(text).toBe('DoRA r16: loss 0.412 · 70.0 % · slope +0.03, 2 h ago');
  });

  test('of a run at work tells its step and no time', () => {
    const text = noteText([told({ id: '1' }, outcome([]))], { now, t });
    expect(text).toBe('DoRA r16: step 40 of 200 · loss 0.412');
  });

  test('of a grid is one compact line', () => {
    const runs = (['full', 'lora', 'dora', 'dora', 'dora'] as const).map((method, i) =>
      told({ id: String(i), method, varied: { method, 'training.seed': i }, status: done }),
    );
    expect(noteText(runs, { now, t })).toBe(
      'FT · seed 0 70.0 % · LoRA r16 · seed 1 70.0 % · DoRA r16 · seed 2 70.0 % · DoRA r16 · seed 3 70.0 % · 1 more, 2 h ago',
    );
    expect(noteText([], { now, t })).toBe('');
  });

  test('stands at the method, in the grid before all, and at the model where neither is named', () => {
    const path = (text: string) => notePath(outlineOf(text));
    expect(path('{ "model": "m", "method": "dora" }')).toEqual(['method']);
    expect(path('{ "method": "dora", "grid": { "method": ["lora"] } }')).toEqual([
      'grid',
      'method',
    ]);
    expect(path('{ "model": "m" }')).toEqual(['model']);
    expect(path('{}')).toBeUndefined();
  });
});

describe('the hover over the note', () => {
  const links = [{ command: 'openRun', title: 'Open run' }];
  const context: HoverContext = { now, t, theme: 'dark', links };

  test('draws the scatter and links each run', () => {
    const text = noteHover([told({ id: '1', status: done })], context);
    const given = encodeURIComponent('["/w/runs/1"]');
    expect(text).toContain(`[Open run](command:adapterLab.openRun?${given})`);
    const [, data = ''] = /\(data:image\/svg\+xml;base64,([^)]+)\)/.exec(text) ?? [];
    expect(Buffer.from(data, 'base64').toString()).toMatch(/^<svg[^]*DoRA r16[^]*<\/svg>\s*$/);
  });

  test('has other colours in another theme, and no picture without slopes', () => {
    const runs = [told({ id: '1', status: done })];
    expect(noteHover(runs, { ...context, theme: 'light' })).not.toBe(noteHover(runs, context));
    expect(noteHover([told({ id: '1' }, outcome([]))], context)).not.toContain('data:image');
  });

  test('stays small over a long run', () => {
    const many = Array.from({ length: 500 }, (_, i): RunEvent => {
      const wide = Array.from({ length: 50 }, (__, k) => ({
        ...{ name: `m.${k}`, deltaM: Math.sin(i + k), deltaD: Math.cos(i * k) },
      }));
      return { seq: i, type: 'slope', step: i, modules: wide, fits: [fit] };
    });
    const run = told({ id: '1', status: done }, outcome(many));
    expect(run.outcome.points.at(-1)?.age).toBe(1);
    expect(noteHover([run, run, run, run], context).length).toBeLessThan(90_000);
  });
});

describe('the outcome of a run', () => {
  test('is that of the events that a resume left standing', () => {
    const reader = new OutcomeReader();
    reader.add(events(), false);
    reader.add([{ seq: 7, type: 'resumed', step: 100 }], false);
    expect(reader.outcome().fit?.slope).toBe(9);
    reader.add([], true);
    expect(reader.outcome().points).toEqual([]);
  });
});

describe('the runs of a file', () => {
  test('are found where file and runs were moved together, the newest first', () => {
    const views = [makeView({ id: '1' }), makeView({ id: '2' })];
    const ids = (file: string, folder: string) =>
      runsOf(views, file, folder).map(({ run }) => run.id);
    expect(ids('/w/boolq.experiment.json', '/elsewhere')).toEqual(['2', '1']);
    expect(ids('/moved/boolq.experiment.json', '/w/runs')).toEqual(['2', '1']);
    expect(ids('/moved/piqa.experiment.json', '/w/runs')).toEqual([]);
  });

  test('the newest are those of one start, each combination once, in their order', () => {
    const start = (id: string, method: 'lora' | 'dora', created: string) => {
      const view = makeView({ id, method, varied: { method } });
      return { ...view, run: { ...view.run, created } };
    };
    const runs = [
      start('d', 'dora', '2026-03-01T12:00:02Z'),
      start('c', 'lora', '2026-03-01T12:00:01Z'),
      start('b', 'dora', '2026-03-01T11:59:50Z'),
      start('a', 'lora', '2026-03-01T09:00:00Z'),
    ];
    expect(newestRuns(runs).map(({ run }) => run.id)).toEqual(['c', 'd']);
    expect(newestRuns([])).toEqual([]);
  });
});
