/**
 * What an operator is: one OpDefinition a file in src/ops, registered in registry.ts. The meaning lives here
 * (shapes, MACs, integer and float semantics); how it becomes C lives in codegen/ops under the same name.
 */
import type { Diagnostic } from '../diagnostics.js';
import type { DType, Graph, Op, OpType, Shape, TensorData } from '../graph/graph.js';

/** Memory of one inference: the live array of each tensor, by tensor index. Constants are the graph's own arrays. */
export type Memory = readonly TensorData[];

/** One inference step with everything precomputed; allocates nothing. */
export type Step = () => void;

/** A row of `supported-ops`: the dtypes of activations, weights (where the op has them) and outputs taken together. */
export interface DTypeCombination {
  readonly input: DType;
  readonly weights?: DType;
  readonly output: DType;
}

/** The rows of an operator whose output has its input's dtype. */
export function sameDType(...dtypes: readonly DType[]): readonly DTypeCombination[] {
  return dtypes.map((dtype) => ({ input: dtype, output: dtype }));
}

/** A problem of one op, before it is placed: `checkGraph` adds where. */
export type OpProblem = Pick<Diagnostic, 'code' | 'message' | 'hint'>;

export interface OpDefinition<T extends OpType> {
  readonly type: T;
  readonly supports: readonly DTypeCombination[];
  /** Made by passes only: no model file has it. */
  readonly internal?: true;
  /** Position of the input that the op is about, where that is not the first. */
  readonly data?: number;
  /**
   * Every reason why this op cannot be computed as it stands: number of inputs, ranks, dtypes, quantization
   * parameters that TFLM's Prepare refuses, values out of range. Empty when all is well. Must not throw on any
   * graph that has passed structural validation (indices in range, static shapes).
   */
  check(op: Op<T>, graph: Graph): OpProblem[];
  /** Output shapes from input shapes and attributes. Called only when `check` found nothing. */
  infer(op: Op<T>, graph: Graph): Shape[];
  /** Multiply-accumulates of one inference, as MLPerf Tiny counts them: padding taps included, element-wise ops 0. */
  macs(op: Op<T>, graph: Graph): number;
  /** Binds the op to memory: multipliers, ranges and tables are computed here, once. Bit-equal to TFLM's reference kernel. */
  simulate(op: Op<T>, graph: Graph, memory: Memory): Step;
}
