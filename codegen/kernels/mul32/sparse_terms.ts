/**
 * Rows of weights of which most are 0, as fully_connected_s8_sparse.c and conv_2d_s8_sparse.c read them: units of four
 * (distance, weight), 8 bytes. A distance is from where the unit starts; the next one starts at the last one's place.
 */
import type { Constant } from '../../layer.js';

/** Terms of a unit. */
export const unitTerms = 4;
const unitBytes = 2 * unitTerms;
const largestDistance = 255;

export interface SparseRows {
  readonly terms: Uint8Array;
  /** Of each row, one at least. */
  readonly units: Uint16Array;
}

/** @param weights [rows][length] */
export function sparseRows(weights: Int8Array, length: number): SparseRows {
  const terms: number[] = [];
  const units: number[] = [];
  for (let start = 0; start < weights.length; start += length) {
    const before = terms.length;
    appendRow(terms, weights.subarray(start, start + length));
    units.push((terms.length - before) / unitBytes);
  }
  return { terms: Uint8Array.from(terms), units: Uint16Array.from(units) };
}

export function sparseConstants({ terms, units }: SparseRows, label: string, layout: string): Constant[] {
  return [
    {
      name: `${label}_weights`,
      ctype: 'uint8_t',
      data: terms,
      comment: `${label}: weights ${layout} that are not 0, in units of four (distance, weight)`,
      align: 4,
    },
    {
      name: `${label}_units`,
      ctype: 'uint16_t',
      data: units,
      comment: `${label}: how many units each output has`,
      align: 2,
    },
  ];
}

/** Whether they take less than the weights themselves. */
export function isSmaller({ terms, units }: SparseRows, weights: Int8Array): boolean {
  return terms.byteLength + units.byteLength < weights.length;
}

function appendRow(terms: number[], row: Int8Array): void {
  let unit: [distance: number, weight: number][] = [];
  let start = 0;
  const before = terms.length;
  /** What remains of the unit stays at its last input, with weights of 0. */
  const close = (distance: number) => {
    while (unit.length < unitTerms) unit.push([distance, 0]);
    for (const [away, weight] of unit) terms.push(away, weight & 255);
    unit = [];
    start += distance;
  };
  for (const [k, weight] of row.entries()) {
    if (weight === 0) continue;
    while (k - start > largestDistance) close(largestDistance);
    unit.push([k - start, weight]);
    if (unit.length === unitTerms) close(k - start);
  }
  if (unit.length > 0 || terms.length === before) close(unit.at(-1)?.[0] ?? 0);
}

/** Lanes of 16 bits hold the products of two neighboring terms: |w0| · 128 + |w1| · 128 < 2^15. */
export function pairsOfTermsFit({ terms }: SparseRows): boolean {
  const weights = new Int8Array(terms.buffer, terms.byteOffset, terms.length);
  for (let i = 1; i < weights.length; i += 4) {
    if (Math.abs(weights[i]!) + Math.abs(weights[i + 2]!) > 255) return false;
  }
  return true;
}
