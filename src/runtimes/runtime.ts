/** A runtime that is not crimp's: what the user's own program computes a model with. */
import type { Graph, TensorData } from '../graph/graph.js';

export interface RuntimeTensor {
  readonly name: string;
  /** In the runtime's own spelling. */
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly data: TensorData;
  /** The values in the other order of axes, where the shape does not tell which of the two is the graph's. */
  readonly otherwise?: TensorData;
}

/** A model, loaded. State, where it has any, carries over from run to run, unless the file says that it restarts. */
export interface Runtime {
  /** As people call it. */
  readonly name: string;
  readonly version: string;
  /**
   * One inference.
   *
   * @param inputs of the graph in its order, laid out as the graph has them
   * @returns its outputs in its order, laid out as the graph has them; of an output that the runtime does not have, nothing
   */
  run(inputs: readonly TensorData[]): Promise<readonly (RuntimeTensor | undefined)[]>;
  close(): Promise<void>;
}

/** The file as the user has it, and the graph that crimp made of it. */
export interface RuntimeModel {
  readonly bytes: Uint8Array;
  readonly graph: Graph;
  /** For messages. */
  readonly file?: string;
  /** Of a model.json: reads a file beside it. */
  readonly readBeside?: (path: string) => Uint8Array;
}
