/** How bytes differ, in words; undefined when they do not. */
export function differing(actual: Uint8Array, expected: Uint8Array): string | undefined {
  if (actual.length !== expected.length) return `${actual.length} bytes, not ${expected.length}`;
  const count = expected.reduce((n, byte, i) => n + (byte === actual[i] ? 0 : 1), 0);
  if (count === 0) return undefined;
  const first = expected.findIndex((byte, i) => byte !== actual[i]);
  return `${count} of ${expected.length} bytes differ, first at ${first}: ${actual[first]}, not ${expected[first]}`;
}
