/** Ops that may as well be computed on transposed tensors, and how they stand then. */
import { elementCount, inputTensor, isState, outputTensor } from '../graph/access.js';
import type { AnyOp, Graph, Op, Tensor } from '../graph/graph.js';
import { concatenationAxis } from '../ops/concatenation.js';
import { integersOf } from '../ops/constant_operand.js';
import { stridesOf } from '../ops/movement.js';
import { loopOffsets } from '../ops/reduction.js';
import { inverse, type Permutation } from './cancel_transposes.js';
import { pointwise } from './pointwise.js';

export interface TransposedOp {
  /** Positions of the inputs that are transposed. */
  readonly inputs: readonly number[];
  /** In place of constants, by position. */
  readonly constants: ReadonlyMap<number, Tensor>;
  readonly attributes: AnyOp['attributes'];
  /** Whether outputs are transposed; else they are what they were. */
  readonly outputs: boolean;
}

type Reduction = Op<'MEAN'> | Op<'SUM'> | Op<'REDUCE_MAX'> | Op<'REDUCE_MIN'> | Op<'REDUCE_ALL'>;

/** Undefined for an op to which the order of its axes matters, or that would add real values up in another order. */
export function transposedOp(op: AnyOp, graph: Graph, axes: Permutation): TransposedOp | undefined {
  if (op.inputs.some((t) => !graph.tensors[t] || isState(graph.tensors[t]!))) return undefined;
  if (pointwise.has(op.type)) return everyInput(op, graph, axes, op.attributes);
  switch (op.type) {
    case 'CONCATENATION': {
      const axis = axes.indexOf(concatenationAxis(op as Op<'CONCATENATION'>, graph)!);
      return everyInput(op, graph, axes, { ...op.attributes, axis } as AnyOp['attributes']);
    }
    case 'PAD':
    case 'PADV2':
    case 'MIRROR_PAD':
      return padding(op, graph, axes);
    case 'MEAN':
    case 'SUM':
    case 'REDUCE_MAX':
    case 'REDUCE_MIN':
    case 'REDUCE_ALL':
      return reduction(op as AnyOp & Reduction, graph, axes);
    default:
      return undefined;
  }
}

function everyInput(
  op: AnyOp,
  graph: Graph,
  axes: Permutation,
  attributes: AnyOp['attributes'],
): TransposedOp | undefined {
  const inputs: number[] = [];
  const constants = new Map<number, Tensor>();
  if (outputTensor(graph, op as Op).shape.length !== axes.length) return undefined;
  for (const [i, t] of op.inputs.entries()) {
    const tensor = graph.tensors[t]!;
    const { shape, data, quantization } = tensor;
    if (data && pointwise.has(op.type) && elementCount(shape) === 1) continue;
    if (op.type === 'LOOKUP_TABLE' && i === 1) continue;
    if (data) {
      if (shape.length > axes.length || (quantization && quantization.scale.length > 1)) return undefined;
      constants.set(i, transposedConstant(tensor, axes));
    } else if (shape.length === axes.length) inputs.push(i);
    else return undefined;
  }
  return { inputs, constants, attributes, outputs: true };
}

/** A shorter shape is one of as many axes that begins with ones. */
function transposedConstant(tensor: Tensor, axes: Permutation): Tensor {
  const shape = [...new Array<number>(axes.length - tensor.shape.length).fill(1), ...tensor.shape];
  const strides = stridesOf(shape);
  const from = loopOffsets(axes.map((axis) => ({ count: shape[axis]!, stride: strides[axis]! })));
  const values = tensor.data as Int8Array;
  const data = values.slice();
  from.forEach((at, i) => {
    data[i] = values[at]!;
  });
  return { ...tensor, shape: axes.map((axis) => shape[axis]!), data };
}

function padding(op: AnyOp, graph: Graph, axes: Permutation): TransposedOp | undefined {
  const paddings = inputTensor(graph, op as Op, 1);
  const values = integersOf(op as Op, graph, 1);
  if (values?.length !== 2 * axes.length) return undefined;
  const data = Int32Array.from(axes.flatMap((axis) => [values[2 * axis]!, values[2 * axis + 1]!]));
  const moved: Tensor = { ...paddings, dtype: 'int32', data };
  return { inputs: [0], constants: new Map([[1, moved]]), attributes: op.attributes, outputs: true };
}

function reduction(op: AnyOp & Reduction, graph: Graph, axes: Permutation): TransposedOp | undefined {
  const { shape, dtype } = inputTensor(graph, op as Op);
  const rank = axes.length;
  if (shape.length !== rank) return undefined;
  const given = new Set(integersOf(op as Op, graph, 1)?.map((axis) => (axis + rank) % rank));
  const moved = inverse(axes);
  const ascending = (list: readonly number[]) =>
    list.every((axis, i) => i === 0 || moved[axis]! > moved[list[i - 1]!]!);
  const all = shape.map((_, axis) => axis);
  const reduced = all.filter((axis) => given.has(axis) && shape[axis] !== 1);
  if (dtype === 'float32' && !ascending(reduced)) return undefined;
  const { keepDims } = op.attributes;
  if (!keepDims && !ascending(all.filter((axis) => !given.has(axis)))) return undefined;
  const data = Int32Array.from(given, (axis) => moved[axis]!).sort();
  const constant: Tensor = { ...inputTensor(graph, op as Op, 1), shape: [data.length], data };
  return { inputs: [0], constants: new Map([[1, constant]]), attributes: op.attributes, outputs: keepDims };
}
