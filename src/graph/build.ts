/** Builds graphs in code, tensor by tensor and op by op, in execution order. For tests, passes and the quantizer. */
import { resetValue } from './access.js';
import type {
  AnyOp,
  DType,
  Graph,
  OpAttributes,
  OpType,
  Quantization,
  Shape,
  Tensor,
  TensorData,
} from './graph.js';

/** A tensor's index in the graph under construction; −1 is an absent optional input. */
export type TensorIndex = number;

export interface TensorSpec {
  readonly shape: Shape;
  readonly dtype: DType;
  readonly quantization?: Quantization;
}

export interface GraphBuilder {
  input(name: string, spec: TensorSpec): TensorIndex;
  constant(name: string, spec: TensorSpec & { readonly data: TensorData }): TensorIndex;
  /** A tensor that keeps its value between inferences; it starts from TFLM's reset value unless another is given. */
  state(name: string, spec: TensorSpec & { readonly initial?: TensorData }): TensorIndex;
  /** Appends an op with one output tensor, both called `name`; gives the output. */
  op<T extends OpType>(
    type: T,
    name: string,
    inputs: readonly TensorIndex[],
    attributes: OpAttributes[T],
    output: TensorSpec,
  ): TensorIndex;
  tensor(index: TensorIndex): Tensor;
  /** The graph; with the outputs named here. */
  build(...outputs: TensorIndex[]): Graph;
}

/** Per-tensor quantization parameters. */
export function perTensor(scale: number, zeroPoint: number): Quantization {
  return { scale: Float32Array.of(scale), zeroPoint: Int32Array.of(zeroPoint), axis: 0 };
}

/** Symmetric parameters along an axis, as weights and biases have them. */
export function perChannel(scale: Float32Array, axis: number): Quantization {
  return { scale, zeroPoint: new Int32Array(scale.length), axis };
}

export function graphBuilder(name: string): GraphBuilder {
  const tensors: Tensor[] = [];
  const ops: AnyOp[] = [];
  const inputs: number[] = [];
  const add = (tensor: Tensor) => tensors.push(tensor) - 1;
  return {
    input(inputName, spec) {
      const index = add({ name: inputName, ...spec });
      inputs.push(index);
      return index;
    },
    constant: (constantName, spec) => add({ name: constantName, ...spec }),
    state: (stateName, spec) => add({ name: stateName, initial: resetValue(spec), ...spec }),
    op(type, opName, opInputs, attributes, output) {
      const index = add({ name: opName, ...output });
      ops.push({ type, name: opName, inputs: opInputs, outputs: [index], attributes } as unknown as AnyOp);
      return index;
    },
    tensor: (index) => tensors[index]!,
    build: (...outputs) => ({ name, tensors, ops, inputs, outputs }),
  };
}
