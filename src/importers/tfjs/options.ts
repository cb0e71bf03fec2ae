/** The options of a layer; whatever is wrong with them is gathered, so that one layer tells of all of its problems. */
import { field, type JsonObject, shown, sizesOf } from './json.js';

/** Beyond this a number is damage: no layer has so many of anything. */
const largest = 2 ** 24;

/** Whose layers they are: of the same name, some compute something else. */
export type Dialect = 'tfjs' | 'keras2' | 'keras3';

export class Options {
  readonly problems: string[] = [];

  constructor(
    private readonly json: JsonObject | undefined,
    readonly dialect: Dialect = 'tfjs',
  ) {}

  /** Of a layer within this one. */
  of(json: JsonObject | undefined): Options {
    return new Options(json, this.dialect);
  }

  get(key: string): unknown {
    return field(this.json, key);
  }

  /** A finite number. */
  number(key: string, standard: number): number {
    const value = this.get(key) ?? standard;
    if (typeof value === 'number' && Number.isFinite(value)) return value;
    return this.wrong(key, 'is no number', standard);
  }

  /** Python's programs also write 0 and 1. */
  flag(key: string, standard: boolean): boolean {
    const value = this.get(key) ?? standard;
    if (value === 0 || value === 1) return value === 1;
    return typeof value === 'boolean' ? value : this.wrong(key, 'is neither true nor false', standard);
  }

  /** One of a few words; the first is the default. */
  word<T extends string>(key: string, ...words: readonly [T, ...T[]]): T {
    const value = this.get(key) ?? words[0];
    const found = words.find((word) => word === value);
    return found ?? this.wrong(key, `is not ${words.join(' or ')}`, words[0]);
  }

  count(key: string, standard?: number): number {
    const value = this.get(key) ?? standard;
    return isCount(value) ? value : this.wrong(key, 'is no positive integer', 1);
  }

  /** One count for each of `rank` dimensions, or one for all. */
  extent(key: string, rank: number, standard?: number | readonly number[]): readonly number[] {
    const value = this.get(key) ?? standard;
    if (isCount(value)) return new Array<number>(rank).fill(value);
    const list = sizesOf(value);
    if (list?.length === rank && list.every(isCount)) return list;
    return this.wrong(key, `is not ${rank} positive integers`, new Array<number>(rank).fill(1));
  }

  /** @param open stands for null in the list */
  integers(key: string, open?: number): readonly number[] {
    const value = this.get(key);
    const given = Array.isArray(value) ? value : [value];
    const list: unknown[] = given.map((n: unknown) => n ?? open);
    if (list.length <= 8 && list.every((n) => Number.isSafeInteger(n))) return list as number[];
    return this.wrong(key, 'is no list of integers', []);
  }

  /** Channels come last in every layout that crimp has. */
  channelsLast(): void {
    const format = this.get('data_format') ?? 'channels_last';
    if (format !== 'channels_last' && format !== 'channelsLast')
      this.refuse(`its data_format is ${shown(format)}; channels_last is supported`);
  }

  refuse(reason: string): void {
    this.problems.push(reason);
  }

  private wrong<T>(key: string, what: string, standard: T): T {
    this.refuse(`its ${key} ${shown(this.get(key))} ${what}`);
    return standard;
  }
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) > 0 && (value as number) <= largest;
}
