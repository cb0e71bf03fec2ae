/** How far a kernel's writes run ahead of its reads: what the planner needs to lay an output over its input. */

/**
 * For a kernel that writes output elements 0, 1, 2, … each after its own reads. While element i is computed,
 * elements 0 … i − 1 are there and the input is still read from `min over j ≥ i of firstRead(j)` on: the former
 * have to end where the latter begins.
 *
 * @param outputs number of output elements
 * @param elementBytes bytes of an element, the same in input and output
 * @param firstRead lowest input element read for output element i; Infinity when it reads none
 * @returns bytes by which the output has to start before the input
 */
export function leadOf(outputs: number, elementBytes: number, firstRead: (i: number) => number): number {
  let lead = 0;
  let lowest = Number.POSITIVE_INFINITY;
  for (let i = outputs - 1; i >= 0; i--) {
    lowest = Math.min(lowest, firstRead(i));
    lead = Math.max(lead, i - lowest);
  }
  return lead * elementBytes;
}
