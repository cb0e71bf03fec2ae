/** Gemm and MatMul by constant weights → FULLY_CONNECTED, MatMul of two computed values → BATCH_MATMUL. */

import { stridesOf } from '../../../ops/movement.js';
import {
  activation,
  broadcastDims,
  constantInput,
  flatInput,
  input,
  type NodeContext,
  type NodeImporter,
  optionalConstant,
} from '../node_context.js';
import { permuted, rearranged, reshaped, walk } from '../permute.js';
import { type Activation, type Constant, identity, storedShape, Unsupported } from '../value.js';

export const gemm: NodeImporter = (context) => {
  const { node } = context;
  const value = flatInput(context);
  if (value.dims.length !== 2 || node.number('transA') === 1) {
    throw new Unsupported(`multiplies an input of shape [${value.dims}] transposed`);
  }
  const given = constantInput(context, 1, 'weights');
  if (given.dims.length !== 2) throw new Unsupported(`has weights of shape [${given.dims}]`);
  const weights = node.number('transB') === 1 ? given : permuted(given, [1, 0]);
  const bias = optionalConstant(context, 2, 'bias');
  return [
    dense(
      context,
      value,
      scaled(weights, node.number('alpha') ?? 1),
      bias && scaled(bias, node.number('beta') ?? 1),
    ),
  ];
};

export const matMul: NodeImporter = (context) => {
  if (context.inputs[1]?.kind === 'activation') return [product(context)];
  const value = flatInput(context);
  const weights = constantInput(context, 1, 'right factor');
  if (weights.dims.length !== 2) throw new Unsupported(`multiplies by a constant of shape [${weights.dims}]`);
  return [dense(context, value, permuted(weights, [1, 0]), undefined)];
};

function product(context: NodeContext): Activation {
  const { node, graph } = context;
  const [a, b] = [graph.plain(input(context, 0)), graph.plain(input(context, 1))];
  if (a.dims.length < 2 || b.dims.length < 2 || a.dims.at(-1) !== b.dims.at(-2)) {
    throw new Unsupported(`multiplies [${a.dims}] by [${b.dims}]`);
  }
  const batch = broadcastDims(a.dims.slice(0, -2), b.dims.slice(0, -2));
  const dims = [...batch, a.dims.at(-2)!, b.dims.at(-1)!];
  const attributes = { adjX: false, adjY: false };
  const tensor = graph.one('BATCH_MATMUL', node.name, [a.tensor, b.tensor], attributes, 'float32', dims);
  return activation(tensor, dims, identity(dims.length));
}

function scaled(constant: Constant, factor: number): Constant {
  if (factor === 1) return constant;
  const { quantized, ...real } = constant;
  return {
    ...real,
    values: Float32Array.from(constant.values, (v) => v * factor),
    // A scale is positive.
    ...(quantized &&
      factor > 0 && { quantized: { ...quantized, scale: quantized.scale.map((s) => s * factor) } }),
  };
}

/** @param weights [outputs, inputs] */
function dense(
  { node, graph }: NodeContext,
  value: Activation,
  weights: Constant,
  bias: Constant | undefined,
): Activation {
  const [outputs, depth] = weights.dims as readonly [number, number];
  const rank = value.dims.length;
  if (value.dims.at(-1) !== depth || rank < 2) {
    throw new Unsupported(`multiplies [${value.dims}] by weights of [${depth}, ${outputs}]`);
  }
  if (bias && bias.values.length !== outputs && bias.values.length !== 1) {
    throw new Unsupported(`has a bias of shape [${bias.dims}] for ${outputs} outputs`);
  }
  const { tensor, order, columns } = rowsOf(value);
  const moved = columns
    ? rearranged(
        weights,
        weights.dims,
        weights.values.map((_, i) => i - (i % depth) + columns[i % depth]!),
      )
    : weights;
  const inputs = [tensor, graph.constantTensor(moved)];
  if (bias && bias.values.length === outputs) inputs.push(graph.constantTensor(reshaped(bias, [outputs])));
  else if (bias) inputs.push(graph.floats(bias.name, new Float32Array(outputs).fill(bias.values[0]!)));
  const dims = [...value.dims.slice(0, -1), outputs];
  const attributes = { activation: 'NONE', keepNumDims: rank > 2, weightsFormat: 'DEFAULT' } as const;
  const result = graph.one(
    'FULLY_CONNECTED',
    node.name,
    inputs,
    attributes,
    'float32',
    storedShape(dims, order),
  );
  return activation(result, dims, order);

  /** Features along the last axis; `columns` says for each of them which one ONNX means, where they lie in another order. */
  function rowsOf(rows: Activation): {
    tensor: number;
    order: readonly number[];
    columns?: readonly number[];
  } {
    const source = rows.flattened;
    if (source) {
      const name = `${graph.tensors[source.tensor]!.name}/flat`;
      const flat = graph.reshape(source.tensor, name, rows.dtype, rows.dims);
      return { tensor: flat, order: [0, 1], columns: columnsOf(source) };
    }
    if (rows.order.at(-1) === rank - 1) return { tensor: rows.tensor, order: rows.order };
    return { tensor: graph.inOrder(rows, identity(rank)), order: identity(rank) };
  }
}

/** For each value of a sample as it lies in memory, its place in ONNX's order. */
function columnsOf({ dims, order }: Activation): number[] {
  const strides = stridesOf(dims);
  const inner = order.filter((axis) => axis > 0);
  const columns: number[] = [];
  walk(
    inner.map((axis) => dims[axis]!),
    inner.map((axis) => strides[axis]!),
    (from) => columns.push(from),
  );
  return columns;
}
