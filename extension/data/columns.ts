// A record's fields by the names that the format gives them, through the user's column mapping.
import { isObject, nameOfValue, parseJson } from '../model/jsonFile';
import type { ChatMessage } from '../model/chatTemplate';
import { Failure } from '../shared/failures';
import { nearestName } from '../shared/nearest';
import { refuseRecord, type DataRecord } from './records';

export type DataFormat = 'instruction' | 'chat' | 'completion' | 'text';

/** `question`: what an evaluation asks. */
export const fieldsOfFormat: Record<DataFormat | 'question', readonly string[]> = {
  instruction: ['instruction', 'input', 'output'],
  chat: ['messages'],
  completion: ['prompt', 'completion'],
  text: ['text'],
  question: ['instruction', 'input', 'answer'],
};

export class Columns {
  /** `mapping`: field to column, where the columns have other names. */
  constructor(
    format: DataFormat | 'question',
    private readonly mapping: Record<string, string>,
  ) {
    for (const field of Object.keys(mapping)) {
      const known = fieldsOfFormat[format];
      if (known.includes(field)) continue;
      const nearest = nearestName(field, known);
      throw new Failure('field-unknown', { field, format, known: [...known], nearest });
    }
  }

  text(record: DataRecord, field: string): string {
    const value = this.value(record, field);
    if (typeof value === 'string') return value;
    throw refuseRecord(
      record,
      `column "${this.column(field)}" holds ${nameOfValue(value)}, not a text`,
    );
  }

  /** A text, or a number or truth value as one writes it. */
  plainText(record: DataRecord, field: string): string {
    const value = this.value(record, field);
    return ['number', 'bigint', 'boolean'].includes(typeof value)
      ? String(value)
      : this.text(record, field);
  }

  /** Empty where there is no such column, unless the user named it, and for null. */
  optionalText(record: DataRecord, field: string): string {
    const isThere = Object.hasOwn(record.columns, this.column(field));
    if (!isThere && !Object.hasOwn(this.mapping, field)) return '';
    return this.value(record, field) === null ? '' : this.text(record, field);
  }

  /** A list of {role, content}, or the JSON text of one. */
  messages(record: DataRecord): ChatMessage[] {
    const value = this.value(record, 'messages');
    const list = typeof value === 'string' ? parseJson(value, record.file, record.line) : value;
    const column = this.column('messages');
    if (Array.isArray(list) && list.length === 0) {
      throw refuseRecord(record, `column "${column}" holds no messages`);
    }
    if (!Array.isArray(list)) {
      throw refuseRecord(
        record,
        `column "${column}" holds ${nameOfValue(value)}, not a list of messages`,
      );
    }
    return list.map((message: unknown, i) => {
      if (isMessage(message)) return { role: message.role, content: message.content };
      throw refuseRecord(
        record,
        `message ${i + 1} of "${column}" needs a role and content, both texts`,
      );
    });
  }

  private value(record: DataRecord, field: string): unknown {
    const column = this.column(field);
    if (Object.hasOwn(record.columns, column)) return record.columns[column];
    const columns = Object.keys(record.columns);
    throw new Failure('column-missing', {
      file: record.file,
      record: record.number,
      line: record.line,
      column,
      columns,
      nearest: nearestName(column, columns),
    });
  }

  private column(field: string): string {
    return this.mapping[field] ?? field;
  }
}

function isMessage(value: unknown): value is ChatMessage {
  return isObject(value) && typeof value.role === 'string' && typeof value.content === 'string';
}
