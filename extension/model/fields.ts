// Typed reading of a JSON object's fields; a wrong one is refused by file and field.
import { Failure } from '../shared/failures';
import { isObject, nameOfValue, type JsonObject } from './jsonFile';

export class Fields {
  constructor(
    readonly file: string,
    private readonly object: JsonObject,
    private readonly path = '',
  ) {}

  has(name: string): boolean {
    return this.object[name] !== undefined && this.object[name] !== null;
  }

  raw(name: string): unknown {
    return this.object[name];
  }

  /** A whole number within limits. */
  count(name: string, fallback?: number, { least = 1, most = 2 ** 31 - 1 } = {}): number {
    const value = this.valueOr(name, fallback);
    if (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most) {
      return value;
    }
    throw this.refused(name, `must be a whole number from ${least} to ${most}`);
  }

  /** A finite number above zero. */
  positive(name: string, fallback?: number): number {
    const value = this.valueOr(name, fallback);
    if (typeof value !== 'number' || !Number.isFinite(value) || value <= 0) {
      throw this.refused(name, 'must be a number above 0');
    }
    return value;
  }

  flag(name: string, fallback: boolean): boolean {
    const value = this.valueOr(name, fallback);
    if (typeof value !== 'boolean') throw this.refused(name, 'must be true or false');
    return value;
  }

  text(name: string, fallback?: string): string {
    const value = this.valueOr(name, fallback);
    if (typeof value !== 'string') throw this.refused(name, 'must be a text');
    return value;
  }

  texts(name: string): string[] | undefined {
    if (!this.has(name)) return undefined;
    const value = this.object[name];
    const isList = Array.isArray(value) && value.every((item) => typeof item === 'string');
    if (!isList) throw this.refused(name, 'must be a list of texts');
    return value;
  }

  inner(name: string): Fields | undefined {
    if (!this.has(name)) return undefined;
    const value = this.object[name];
    if (!isObject(value)) throw this.refused(name, 'must be an object');
    return new Fields(this.file, value, `${this.nameOf(name)}.`);
  }

  /** The field's name from the top of the file. */
  nameOf(name: string): string {
    return this.path + name;
  }

  refused(name: string, rule: string): Failure {
    const problem = `${rule}, but it is ${nameOfValue(this.object[name])}`;
    return new Failure('config-invalid', { file: this.file, field: this.nameOf(name), problem });
  }

  unsupported(name: string, supported: string): Failure {
    const value = nameOfValue(this.object[name]);
    const field = this.nameOf(name);
    return new Failure('config-unsupported', { file: this.file, field, value, supported });
  }

  private valueOr(name: string, fallback: unknown): unknown {
    return this.has(name) ? this.object[name] : fallback;
  }
}
