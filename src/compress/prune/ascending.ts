/** Sorting by radix: masks are made many times over while a model trains. */

/** @param values none negative, none NaN @returns their indices from the smallest on, equals in their order */
export function ascending(values: Float64Array): Uint32Array {
  // Doubles that are not negative compare like their bits; 16 of these at a time, from the lowest.
  const digits = new Uint16Array(values.buffer, values.byteOffset, values.length * 4);
  let from = Uint32Array.from(values.keys());
  let to = new Uint32Array(values.length);
  for (let digit = 0; digit < 4; digit++) {
    const place = new Uint32Array(1 << 16);
    for (let i = digit; i < digits.length; i += 4) place[digits[i]!]!++;
    let first = 0;
    for (let d = 0; d < place.length; d++) {
      const count = place[d]!;
      place[d] = first;
      first += count;
    }
    for (const i of from) to[place[digits[4 * i + digit]!]!++] = i;
    [from, to] = [to, from];
  }
  return from;
}
