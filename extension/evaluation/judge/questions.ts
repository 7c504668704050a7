// The questions of a judged task: conversations of one turn or more, in the form in which MT-Bench publishes its own:
// {question_id, category, turns: [text], reference?: [text]}, one object a line.
import { refuseRecord, readRecords, type DataRecord } from '../../data/records';
import { nameOfValue } from '../../model/jsonFile';

export interface ConversationQuestion {
  /** 0 for the first of the file. */
  index: number;
  id: string;
  category: string;
  /** What the user says, turn by turn. */
  turns: string[];
  /** What a right answer says; undefined for turns without one. */
  references: (string | undefined)[];
}

const noCategory = 'general';

/** `limit`: only the first so many; 0 for all. */
export async function readConversations(
  file: string,
  limit: number,
): Promise<ConversationQuestion[]> {
  const records = await readRecords([file]);
  const seen = new Set<string>();
  const all = records.map((record, index) => {
    const question = readConversation(record, index);
    if (seen.has(question.id)) {
      throw refuseRecord(record, `"question_id" ${question.id} stands in the file twice`);
    }
    seen.add(question.id);
    return question;
  });
  return limit === 0 ? all : all.slice(0, limit);
}

function readConversation(record: DataRecord, index: number): ConversationQuestion {
  const { question_id: id = index + 1, category = noCategory, turns, reference } = record.columns;
  if (typeof id !== 'string' && typeof id !== 'number') {
    throw refuseRecord(record, `"question_id" must be a number or a text, not ${nameOfValue(id)}`);
  }
  if (typeof category !== 'string') {
    throw refuseRecord(record, `"category" must be a text, not ${nameOfValue(category)}`);
  }
  const said = textsOf(record, 'turns', turns);
  if (said.length === 0 || said.some((turn) => turn.trim() === '')) {
    throw refuseRecord(record, '"turns" must hold at least one text, and none that is empty');
  }
  const known = typeof reference === 'string' ? [reference] : (reference ?? []);
  const references = textsOf(record, 'reference', known);
  if (references.length > said.length) {
    const counts = `${references.length} references for ${said.length} turns`;
    throw refuseRecord(record, `"reference" holds ${counts}`);
  }
  return {
    index,
    id: String(id),
    category,
    turns: said,
    references: said.map((_, i) => (references[i]?.trim() === '' ? undefined : references[i])),
  };
}

function textsOf(record: DataRecord, column: string, value: unknown): string[] {
  const isTexts = Array.isArray(value) && value.every((one) => typeof one === 'string');
  if (isTexts) return value;
  throw refuseRecord(record, `"${column}" must be a list of texts, not ${nameOfValue(value)}`);
}
