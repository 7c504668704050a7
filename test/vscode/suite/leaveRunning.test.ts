import { experimentFrom, seen, train } from './session';

describe('Before the window closes', () => {
  it('a run is on its way', async () => {
    const settings = {
      'training.steps': 100_000,
      'checkpoints.every': 500,
      'evaluation.tasks': [],
    };
    const folder = await train(await experimentFrom('left', { ...settings, method: 'lora' }));
    await seen(folder, ({ status }) => status.state === 'running' && status.step >= 1);
  });
});
