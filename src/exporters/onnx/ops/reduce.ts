/** One value of many along axes, and the place of the largest or smallest. */
import { inputTensor, outputTensor, scaleOf } from '../../../graph/access.js';
import type { Op } from '../../../graph/graph.js';
import type { ArgExtremumType } from '../../../ops/arg_extremum.js';
import { axisOf, integersOf } from '../../../ops/constant_operand.js';
import { cumsumAxis, cumsumParameters } from '../../../ops/cumsum.js';
import type { ReductionType } from '../../../ops/reduction.js';
import type { Exporter } from '../exporter.js';
import { axesIn, axisIn, isIdentity, type Layout } from '../layout.js';
import type { Value } from '../model_writer.js';
import { onnxTypeOf } from '../types.js';

/** The layout of what is left of one, or undefined when its axes stand in neither order. */
function layoutLeft(
  layout: Layout,
  rank: number,
  gone: ReadonlySet<number>,
  keepDims: boolean,
): Layout | undefined {
  if (keepDims) return layout;
  const left = axesIn(layout, rank).filter((axis) => !gone.has(axis));
  const order = [...left].sort((a, b) => a - b);
  const permutation = left.map((axis) => order.indexOf(axis));
  if (isIdentity(permutation)) return 'last';
  const first = left.length > 2 ? axesIn('first', left.length) : [];
  return permutation.join() === first.join() ? 'first' : undefined;
}

function reduced(
  op: Op<ReductionType>,
  x: Exporter,
  node: (value: Value, axes: readonly number[], keepdims: number) => Value,
): void {
  const { shape } = inputTensor(x.graph, op);
  const rank = shape.length;
  const axes = rank === 0 ? [] : integersOf(op, x.graph, 1)!.map((axis) => axisOf(axis, rank)!);
  const gone = new Set(axes);
  const { keepDims } = op.attributes;
  const given = x.layoutOf(op.inputs[0]!) === 'first' ? 'first' : 'last';
  const left = layoutLeft(given, rank, gone, keepDims);
  const layout = left ? given : 'last';
  const places = [...gone].map((axis) => axisIn(layout, rank, axis)).sort((a, b) => a - b);
  const value = node(x.real(op.inputs[0]!, layout), places, keepDims ? 1 : 0);
  x.write(op.outputs[0]!, value, left ?? 'last');
}

/** Without axes there is nothing to reduce, of which ONNX would make everything. */
export function reduction<T extends ReductionType>(type: string): (op: Op<T>, x: Exporter) => void {
  return (op, x) => {
    reduced(op as unknown as Op<ReductionType>, x, (value, axes, keepdims) =>
      axes.length === 0
        ? x.node('Identity', [value])
        : x.node(type, [value, x.writer.integers(axes)], { keepdims }),
    );
  };
}

/** As the smallest of numbers: ONNX has no logic along an axis. */
export function reduceAll(op: Op<'REDUCE_ALL'>, x: Exporter): void {
  reduced(op as Op<ReductionType>, x, (value, axes, keepdims) => {
    if (axes.length === 0) return x.node('Identity', [value]);
    const numbers = x.node('Cast', [value], { to: onnxTypeOf.float32 });
    return x.node('Cast', [x.node('ReduceMin', [numbers, x.writer.integers(axes)], { keepdims })], {
      to: onnxTypeOf.bool,
    });
  });
}

export function argExtremum<T extends ArgExtremumType>(type: string): (op: Op<T>, x: Exporter) => void {
  return (op, x) => {
    const from = op.inputs[0]!;
    const rank = inputTensor(x.graph, op).shape.length;
    const axis = axisOf(integersOf(op, x.graph, 1)?.[0], rank)!;
    const places = x.node(type, [x.real(from)], { axis, keepdims: 0 });
    const wide = outputTensor(x.graph, op).dtype === 'int64';
    x.write(op.outputs[0]!, wide ? places : x.node('Cast', [places], { to: onnxTypeOf.int32 }));
  };
}

/** Of int8 TFLM adds up one zero point more than there are values. */
export function cumsum(op: Op<'CUMSUM'>, x: Exporter): void {
  const { exclusive, reverse, quantized } = cumsumParameters(op, x.graph);
  const axis = x.writer.scalar('int64', cumsumAxis(op, x.graph)!);
  const attributes = { exclusive: exclusive ? 1 : 0, reverse: reverse ? 1 : 0 };
  const sums = x.node('CumSum', [x.real(op.inputs[0]!), axis], attributes);
  const offset = (quantized?.inputOffset ?? 0) * scaleOf(inputTensor(x.graph, op));
  x.write(op.outputs[0]!, offset === 0 ? sums : x.node('Add', [sums, x.writer.scalar('float32', offset)]));
}
