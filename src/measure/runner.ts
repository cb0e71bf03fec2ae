/** Something that runs a compiled model: a board over the device link, or the host's own program. */

import type { Counts, Target } from '../../targets/target.js';
import type { Compiled } from '../compile.js';

export interface Inference {
  /** All outputs in order, raw little-endian. */
  readonly outputs: Uint8Array;
  /** Core cycles; absent where there is no counter. */
  readonly cycles?: number;
}

export interface Runner {
  readonly target: Target;
  readonly compiled: Compiled;
  /** What `cycles` are; absent where there is no counter. */
  readonly counts?: Counts;
  /** Forgets all earlier inferences: a model's state is what it starts from. Without it, state carries over. */
  reset(): Promise<void>;
  /** @param sample all inputs in order, raw little-endian. */
  infer(sample: Uint8Array): Promise<Inference>;
  /** Raw bytes of every tensor that some layer writes, by tensor index, for the sample given. */
  tensors(sample: Uint8Array): Promise<ReadonlyMap<number, Uint8Array>>;
  /** Core cycles of each layer of the compiled model, for the sample given; undefined without a counter. */
  layerCycles(sample: Uint8Array): Promise<readonly number[] | undefined>;
  /** Deepest stack seen so far, in bytes; undefined where it is not measured. */
  stackBytes(): Promise<number | undefined>;
  close(): Promise<void>;
}
