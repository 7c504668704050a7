import { describe, expect, it } from 'vitest';
import { figuresOf } from '../../../extension/host/figuresReader';
import {
  bestText,
  checkpointDescription,
  joinDetails,
  markBest,
  type CheckpointView,
} from '../../../extension/host/runDetails';
import { RunDigest } from '../../../extension/host/runDigest';
import { checkpointTooltip, runTooltip } from '../../../extension/host/runTooltip';
import { dataUri, sparkline } from '../../../extension/host/sparkline';
import { checkpointNodes } from '../../../extension/host/treeModel';
import type { NewRunEvent, RunEvent } from '../../../extension/shared/run';
import { makeView, now, t } from './runView';

const ink = { training: '#00f', validation: '#f80', frame: '#888', text: '#888' };
const look = { ink, legend: { training: 'loss', validation: 'A & <B>' } };

function numbered(events: readonly NewRunEvent[]): RunEvent[] {
  return events.map((event, index) => ({ seq: index + 1, ...event }));
}

function step(at: number, loss: number): NewRunEvent {
  return { type: 'step', step: at, loss, gradNorm: 1, learningRate: 1, tokens: 1, seconds: 2 };
}

function accuracy(at: number, task: string, share: number): NewRunEvent {
  return { type: 'accuracy', step: at, task, n: 10, correct: 1, accuracy: share, seconds: 1 };
}

function slope(at: number, value: number): NewRunEvent {
  const fit = { module: 'all', slope: value, correlation: -0.5, points: 8, interval: null };
  return { type: 'slope', step: at, modules: [], fits: [fit] };
}

function digestOf(events: readonly NewRunEvent[]): RunDigest {
  return new RunDigest(numbered(events));
}

function folderOf(at: number) {
  return { step: at, folder: `/w/runs/1/checkpoints/step-${at}`, sizeBytes: 4_200_000 };
}

function checkpoint(at: number, losses: Partial<CheckpointView>): CheckpointView {
  return { ...folderOf(at), loss: null, validationLoss: null, slope: null, ...losses };
}

describe('checkpoints of a run', () => {
  const details = joinDetails(
    [folderOf(20)],
    digestOf([
      step(20, 0.5),
      slope(20, -0.312),
      accuracy(10, 'boolq', 0.1),
      accuracy(20, 'boolq', 0.9),
      { type: 'warning', code: 'some', message: 'Look here.' },
    ]),
  );

  it('have the loss, the slope and the size of their step', () => {
    const [first] = details.checkpoints;
    if (first === undefined) throw new Error('no checkpoint');
    expect(checkpointDescription(first, t)).toBe('loss 0.500 · slope −0.31 · 4.2 MB');
    const validated = { ...first, validationLoss: 0.25 };
    expect(checkpointDescription(validated, t)).toContain('validation loss 0.250');
  });

  it('stand the latest first', () => {
    const [first] = details.checkpoints;
    if (first === undefined) throw new Error('no checkpoint');
    const nodes = checkpointNodes(makeView({ id: '1' }), [first, { ...first, step: 40 }]);
    expect(nodes.map((node) => node.checkpoint.step)).toEqual([40, 20]);
  });

  it('come with the last accuracy of a task and the warnings', () => {
    expect(details.accuracies).toEqual([{ task: 'boolq', accuracy: 0.9, n: 10 }]);
    expect(details.warnings).toEqual(['Look here.']);
  });

  it('forget what a resumed run made void', () => {
    const digest = digestOf([step(1, 3), step(2, 2), { type: 'resumed', step: 1 }, step(2, 1)]);
    expect(digest.losses).toEqual([
      { step: 1, loss: 3 },
      { step: 2, loss: 1 },
    ]);
    expect(digest.lossAt(2)).toBe(1);
  });
});

describe('the best checkpoint', () => {
  const bestOf = (checkpoints: CheckpointView[]) =>
    markBest(checkpoints)
      .filter(({ best }) => best !== undefined)
      .map(({ step: at, best }) => `${at} ${best ?? ''}`);

  it('has the lowest validation loss, the earliest of equal ones', () => {
    const some = [
      checkpoint(10, { loss: 0.1, validationLoss: 0.6 }),
      checkpoint(20, { loss: 0.2, validationLoss: 0.4 }),
      checkpoint(30, { loss: 0.3, validationLoss: 0.4 }),
    ];
    expect(bestOf(some)).toEqual(['20 validation']);
  });

  it('has the lowest training loss where nothing was validated', () => {
    expect(bestOf([checkpoint(10, { loss: 0.3 }), checkpoint(20, { loss: 0.2 })])).toEqual([
      '20 training',
    ]);
  });

  it('is none of one, nor where no loss is known', () => {
    expect(bestOf([checkpoint(10, { loss: 0.3 })])).toEqual([]);
    expect(bestOf([checkpoint(10, {}), checkpoint(20, { loss: NaN })])).toEqual([]);
  });

  it('says why it is', () => {
    const [, second] = markBest([checkpoint(1, { loss: 2 }), checkpoint(2, { loss: 1 })]);
    if (second === undefined) throw new Error('no checkpoint');
    expect(bestText(second, t)).toContain('training loss');
    expect(checkpointTooltip(second, t)).toContain('Best: lowest training loss');
  });
});

describe('the tooltip of a run', () => {
  const failure = { code: 'loss-not-finite', message: 'The loss became NaN at step 4.' };
  const view = makeView({
    id: '1',
    status: { state: 'failed', failure },
    tags: { name: '[x](y)', tags: ['a*b'], notes: '- one\n2. two $(bug) http://x www.y.z' },
  });
  const details = {
    ...joinDetails([folderOf(40)], digestOf([step(1, 3), step(40, 0.4)])),
    accuracies: [{ task: 'a|b', accuracy: 0.8125, n: 64 }],
  };
  const text = runTooltip(view, details, { now, t, ink });

  it('says why it failed', () => {
    expect(text).toContain('The loss became NaN at step 4.');
  });

  it('shows settings, figures and accuracies', () => {
    expect(text).toContain('| Rank, alpha | 32, 64 |');
    expect(text).toContain('| Step | 40 / 200 |');
    expect(text).toContain('| Accuracy | a\\|b 81.3 % |');
  });

  it('takes nothing of the user for markup, a link or an icon', () => {
    expect(text).toContain('**\\[x\\](y)**'.replace('(y)', '\\(y\\)'));
    expect(text).toContain('a\\*b');
    expect(text).toContain('> \\- one  \n> 2\\. two \\$\\(bug\\) http\\://x www\\.y.z');
  });

  it('has the loss curve as a picture with a text for those who do not see it', () => {
    expect(text).toContain('![Loss from 3.000 at step 1 to 0.400 at step 40](data:image/svg+xml;');
  });

  it('has no picture before there is a curve', () => {
    expect(runTooltip(view, joinDetails([], new RunDigest()), { now, t, ink })).not.toContain(
      'data:',
    );
  });
});

describe('the loss curve', () => {
  const curve = (length: number, loss: (at: number) => number) =>
    Array.from({ length }, (_, index) => ({ step: index + 1, loss: loss(index) }));

  it('stays below 4 kB, in its data URI too, however many steps there are', () => {
    for (const length of [2, 100, 200_000]) {
      const noisy = curve(length, (at) => 3 / (1 + at / 100) + Math.abs(Math.sin(at)));
      const svg = sparkline({ training: noisy, validation: noisy }, look) ?? '';
      expect(svg).toContain('A &#38; &#60;B&#62;</text>');
      expect(svg).toMatch(/^<svg.*<\/svg>$/);
      expect(dataUri(svg).length).toBeLessThan(4096);
    }
  });

  it('keeps the peaks of what it leaves out', () => {
    const spiked = curve(50_000, (at) => (at === 31_234 ? 9 : 1));
    expect(sparkline({ training: spiked, validation: [] }, look)).toContain('>9</text>');
  });

  it('draws what is finite, and nothing of a single point', () => {
    const broken = [...curve(3, () => 1), { step: 4, loss: NaN }, { step: 5, loss: Infinity }];
    const svg = sparkline({ training: broken, validation: [] }, look) ?? '';
    expect(svg).not.toMatch(/NaN|Infinity/);
    expect(sparkline({ training: curve(1, () => 1), validation: [] }, look)).toBeUndefined();
  });

  it('shows a loss that falls by orders of magnitude on a logarithmic axis', () => {
    const heightAt = (svg: string | undefined, index: number): number =>
      Number(
        /points="([^"]*)"/
          .exec(svg ?? '')?.[1]
          ?.split(' ')
          [index]?.split(',')[1],
      );
    const falling = curve(3, (at) => 10 ** -at);
    // In the middle of the axis, where a linear one would have it at the foot.
    expect(heightAt(sparkline({ training: falling, validation: [] }, look), 1)).toBe(42);
  });
});

describe('the last figures of a run', () => {
  it('are the mean accuracy, the latest slope and the training time', () => {
    const events = numbered([
      slope(1, 0.9),
      ...Array.from({ length: 80 }, (_, index) => step(index + 1, 1)),
      accuracy(40, 'a', 0.1),
      slope(80, -0.4),
      accuracy(80, 'a', 0.5),
      accuracy(80, 'b', 1),
    ]);
    const lines = ['{"seq":0,"type":"st', ...events.map((event) => JSON.stringify(event)), ''];
    expect(figuresOf(lines)).toEqual({ accuracy: 0.75, slope: -0.4, seconds: 160 });
  });

  it('are unknown before there are events', () => {
    expect(figuresOf([''])).toEqual({ accuracy: null, slope: null, seconds: null });
  });
});
