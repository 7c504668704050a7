import { describe, expect, it } from 'vitest';
import { Random } from '../../../extension/starter/random';
import { makeRecords, tasks } from '../../../extension/starter/tasks';
import { writeTexts } from '../../../extension/starter/texts';
import { makeWorld, type Thing } from '../../../extension/starter/world';

const world = makeWorld(new Random(1));

const recordsOf = (things: Thing[], count: number) =>
  tasks.map((task, index) => ({
    task,
    records: makeRecords(new Random(10 + index), task, { things, count }),
  }));

const mentioned = (things: Thing[], text: string) =>
  things.filter(({ name }) => new RegExp(`\\b${name}\\b`).test(text));

describe('the world of the starter', () => {
  it('is the same every time', () => {
    expect(makeWorld(new Random(1))).toEqual(world);
    expect(recordsOf(world.trained, 40)).toEqual(recordsOf(world.trained, 40));
    expect(writeTexts(new Random(2), world, 50)).toEqual(writeTexts(new Random(2), world, 50));
  });

  it('gives each thing a name of its own', () => {
    expect(new Set(world.things.map(({ name }) => name)).size).toBe(world.things.length);
    expect([...world.heldOut, ...world.trained]).toEqual(world.things);
  });
});

describe('the tasks of the starter', () => {
  it('have the form of the commonsense sets', () => {
    for (const { task, records } of recordsOf(world.trained, 40)) {
      for (const { instruction, input, output, answer } of records) {
        expect(task.answers).toContain(answer);
        expect(output).toBe(`the correct answer is ${answer}`);
        expect(input).toBe('');
        expect(instruction).toContain(`Answer format: ${task.answers.join('/')}`);
      }
    }
  });

  it('have each answer equally often, so that one answer for all is chance', () => {
    for (const { task, records } of recordsOf(world.heldOut, 40)) {
      for (const answer of task.answers) {
        const share = records.filter((record) => record.answer === answer).length / records.length;
        expect(share).toBeCloseTo(1 / task.answers.length);
      }
    }
  });

  it('ask in the test about things that no training record mentions', () => {
    for (const { records } of recordsOf(world.trained, 40)) {
      for (const { instruction } of records) {
        expect(mentioned(world.heldOut, instruction)).toEqual([]);
        expect(mentioned(world.trained, instruction)).toHaveLength(1);
      }
    }
    for (const { records } of recordsOf(world.heldOut, 40)) {
      for (const { instruction } of records) {
        expect(mentioned(world.trained, instruction)).toEqual([]);
        expect(mentioned(world.heldOut, instruction)).toHaveLength(1);
      }
    }
  });

  it('have the right answers', () => {
    const [facts, blanks, quiz] = recordsOf(world.trained, 80);
    for (const { instruction, answer } of facts?.records ?? []) {
      const [thing] = mentioned(world.trained, instruction);
      expect(new RegExp(`\\b${thing?.value ?? ''}\\?`).test(instruction)).toBe(answer === 'true');
    }
    for (const { instruction, answer } of [...(blanks?.records ?? []), ...(quiz?.records ?? [])]) {
      const [thing] = mentioned(world.trained, instruction);
      const label = answer.charAt(0).toUpperCase() + answer.slice(1);
      expect(instruction).toContain(`${label}: ${thing?.value ?? ''}`);
    }
  });

  it('cannot make more questions than there are', () => {
    const [task] = tasks;
    const things = world.trained.slice(0, 1);
    if (task === undefined) throw new Error('no task');
    expect(() => makeRecords(new Random(1), task, { things, count: 100 })).toThrow('facts');
  });
});
