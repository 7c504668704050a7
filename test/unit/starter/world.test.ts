import { describe, expect, it } from 'vitest';
import { Random } from '../../../extension/starter/random';
import { makeRecords, tasks } from '../../../extension/starter/tasks';
import { writeTexts } from '../../../extension/starter/texts';
import {
  isAlive,
  kinds,
  makeWorld,
  moves,
  type Kind,
  type Thing,
} from '../../../extension/starter/world';

const world = makeWorld(new Random(1));

const recordsOf = (things: Thing[]) =>
  tasks.map((task, index) => ({ task, records: makeRecords(new Random(index), task, things) }));

const mentioned = (things: Thing[], text: string) =>
  things.filter(({ name }) => new RegExp(`\\b${name}\\b`).test(text));

describe('the world of the starter', () => {
  it('is the same every time', () => {
    expect(makeWorld(new Random(1))).toEqual(world);
    expect(recordsOf(world.trained)).toEqual(recordsOf(world.trained));
    expect(writeTexts(new Random(2), world, 50)).toEqual(writeTexts(new Random(2), world, 50));
  });

  it('gives each thing a name of its own, and each kind equally many', () => {
    expect(new Set(world.things.map(({ name }) => name)).size).toBe(world.things.length);
    for (const kind of kinds) {
      const count = world.things.filter((thing) => thing.kind === kind).length;
      expect(count).toBe(world.things.length / kinds.length);
    }
  });
});

describe('the tasks of the starter', () => {
  it('have the form of the commonsense sets', () => {
    for (const { task, records } of recordsOf(world.trained)) {
      for (const { instruction, input, output, answer } of records) {
        expect(task.answers).toContain(answer);
        expect(output).toBe(`the correct answer is ${answer}`);
        expect(input).toBe('');
        expect(instruction).toContain(`Answer format: ${task.answers.join('/')}`);
      }
    }
  });

  it('have each answer equally often, so that one answer for all is chance', () => {
    for (const { task, records } of recordsOf(world.heldOut)) {
      for (const answer of task.answers) {
        const share = records.filter((record) => record.answer === answer).length / records.length;
        expect(share).toBeCloseTo(1 / task.answers.length);
      }
    }
  });

  it('ask in the test about things that no training record mentions', () => {
    for (const { records } of recordsOf(world.trained)) {
      for (const { instruction } of records)
        expect(mentioned(world.heldOut, instruction)).toEqual([]);
    }
    for (const { records } of recordsOf(world.heldOut)) {
      for (const { instruction } of records)
        expect(mentioned(world.trained, instruction)).toEqual([]);
    }
  });

  it('have the right answers', () => {
    const right: Record<string, (kind: Kind) => string> = {
      facts: (kind) => (isAlive(kind) ? 'true' : 'false'),
      blanks: (kind) => (moves(kind) ? 'option1' : 'option2'),
      quiz: (kind) => `answer${kinds.indexOf(kind) + 1}`,
    };
    for (const { task, records } of recordsOf(world.trained)) {
      for (const { instruction, answer } of records) {
        const [thing] = mentioned(world.trained, instruction.split('\n')[0] ?? '');
        expect(thing && right[task.name]?.(thing.kind)).toBe(answer);
      }
    }
  });
});
