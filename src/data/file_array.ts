/** An array as a data file holds it: flat values, a shape, C order. */

export type FileValues =
  | Int8Array
  | Uint8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | BigInt64Array
  | BigUint64Array
  | Float32Array
  | Float64Array;

export interface FileArray {
  readonly values: FileValues;
  readonly shape: readonly number[];
}

export function isInteger(values: FileValues): boolean {
  return !(values instanceof Float32Array || values instanceof Float64Array);
}
