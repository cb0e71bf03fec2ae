/** JSON of unknown making, read without trust: whatever is not as it should be is undefined. */

export type JsonObject = Readonly<Record<string, unknown>>;

export function objectOf(value: unknown): JsonObject | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as JsonObject)
    : undefined;
}

/** The value of an object's own key; undefined for anything else, and for null. */
export function field(value: unknown, key: string): unknown {
  const object = objectOf(value);
  return object && Object.hasOwn(object, key) ? (object[key] ?? undefined) : undefined;
}

export function listOf(value: unknown): readonly unknown[] | undefined {
  return Array.isArray(value) ? value : undefined;
}

export function stringOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** A list of integers from 0 up, as shapes are. */
export function sizesOf(value: unknown): readonly number[] | undefined {
  const list = listOf(value);
  return list?.every((n) => Number.isSafeInteger(n) && (n as number) >= 0)
    ? (list as readonly number[])
    : undefined;
}

/** As it stands in the file, short enough for a message. */
export function shown(value: unknown): string {
  let text = 'something nested without end';
  try {
    text = JSON.stringify(value) ?? 'nothing';
  } catch {
    // Deeper than the stack: damage that needs no more words.
  }
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}
