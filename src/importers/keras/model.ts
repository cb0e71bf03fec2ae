/** What a file of Keras holds, whichever format it is in. */
import type { Dialect } from '../tfjs/options.js';
import type { Weight } from '../tfjs/weights.js';
import type { Variable } from './hdf5.js';

export interface KerasModel {
  /** As Keras' `to_json` writes it. */
  readonly topology: unknown;
  /** By layer and role, with the names of the models that the layer lies in before: `encoder/dense/kernel`. */
  readonly weights: readonly Weight[];
  readonly dialect: Dialect;
}

/** Why a sound file is no model that can be read. */
export class NoModel extends Error {
  constructor(
    message: string,
    readonly hint: string,
  ) {
    super(message);
  }
}

export function dialectOf(version: unknown): Dialect {
  return typeof version === 'string' && /^[12]\./.test(version) ? 'keras2' : 'keras3';
}

export function weightOf(name: string, { shape, dtype, read }: Variable): Weight {
  return { name, shape, dtype, read };
}
