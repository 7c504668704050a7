import { describe, expect, it } from 'vitest';
import type { TokenGenerator } from '../../../extension/cli/playground/tokenGenerator';
import { writeAnswer } from '../../../extension/cli/playground/writeAnswer';
import { usualSettings, type AnswerEvent } from '../../../extension/shared/playground';
import { tokenizer } from './digitsTokenizer';

const endToken = tokenizer.idOf('a') ?? -1;

/** Tells these tokens, one after another. */
function teller(tokens: readonly number[], end: 'end' | 'length' | 'stopped'): TokenGenerator {
  return {
    generate: async ({ maxNewTokens }, onToken) => {
      for (const token of tokens.slice(0, maxNewTokens)) {
        await Promise.resolve();
        const alternatives = [{ token, logProbability: Math.log(0.25) }];
        onToken({ token, logProbability: Math.log(0.25), alternatives });
      }
      return end;
    },
    stop: () => undefined,
  };
}

async function told(
  generator: TokenGenerator,
  { contextLength = 512, stopTexts = [] as string[] } = {},
): Promise<AnswerEvent[]> {
  const events: AnswerEvent[] = [];
  const request = {
    ...{ prompt: Int32Array.of(1, 2), settings: usualSettings, tokenizer, contextLength },
    ...{ endTokens: [endToken], stopTexts },
  };
  await writeAnswer(generator, request, (event) => void events.push(event));
  return events;
}

function tokensOf(events: AnswerEvent[]) {
  return events.flatMap((event) => (event.kind === 'tokens' ? event.tokens : []));
}

describe('an answer', () => {
  it('adds up to its text, and holds what ended it without counting it', async () => {
    const ids = [...tokenizer.encodePlain('naïve 🙂'), endToken];
    const events = await told(teller(ids, 'end'));
    const tokens = tokensOf(events);
    expect(tokens.map(({ text }) => text).join('')).toBe('naïve 🙂');
    expect(tokens.at(-1)).toMatchObject({ text: '', name: 'a' });
    expect(tokens.at(-1)?.probability).toBeCloseTo(0.25);
    expect(events.at(-1)).toMatchObject({ kind: 'ended', end: 'end', tokens: ids.length - 1 });
  });

  it('gives out what is left of a character that was cut', async () => {
    const ids = tokenizer.encodePlain('🙂');
    expect(ids.length).toBeGreaterThan(1);
    const tokens = tokensOf(await told(teller(ids.slice(0, -1), 'length')));
    expect(tokens.map(({ text }) => text).join('')).toMatch(/^\ufffd+$/);
  });

  it('stops where the context is full, and says so', async () => {
    const ids = tokenizer.encodePlain('1 2 3 4 5 6 7 8');
    const events = await told(teller(ids, 'length'), { contextLength: 5 });
    expect(tokensOf(events)).toHaveLength(3);
    expect(events.at(-1)).toMatchObject({ end: 'context' });
  });

  it('ends with what its template ends one with, however late the stop comes', async () => {
    const ids = tokenizer.encodePlain('1 2 END 3 4');
    const events = await told(teller(ids, 'length'), { stopTexts: ['END'] });
    const text = tokensOf(events)
      .map((token) => token.text)
      .join('');
    expect(text).toBe('1 2 END');
    expect(events.at(-1)).toMatchObject({ kind: 'ended', end: 'end', stopText: 'END' });
  });
});
