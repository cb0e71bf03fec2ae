/** Functions of one value, which leave axes where they are, and those along the last axis. */
import { inputTensor, outputTensor } from '../../../graph/access.js';
import type { Op, OpType } from '../../../graph/graph.js';
import { l2NormalizationEpsilon } from '../../../ops/l2_normalization.js';
import { type Exporter, isQuantized, isSameQuantization } from '../exporter.js';
import { axisIn } from '../layout.js';
import type { Attributes, Value } from '../model_writer.js';
import { activated, clipped } from './activation.js';

type Function1<T extends OpType> = (op: Op<T>, x: Exporter) => void;

/** Of one value after the other. */
function pointwise<T extends OpType>(make: (x: Exporter, value: Value, op: Op<T>) => Value): Function1<T> {
  return (op, x) => {
    const [from, to] = [op.inputs[0]!, op.outputs[0]!];
    const layout = x.layoutOf(from);
    x.write(to, make(x, x.real(from, layout), op), layout, x.imageOf(from));
  };
}

/** One node of that type. */
export function unary<T extends OpType>(type: string, attributes?: (op: Op<T>) => Attributes): Function1<T> {
  return pointwise((x, value, op) => x.node(type, [value], attributes?.(op)));
}

export const square = pointwise<'SQUARE'>((x, value) => x.node('Mul', [value, value]));

/** Of integers up to the zero point TFLM makes the largest one, as of a number that is nearly 0. */
export const rsqrt = pointwise<'RSQRT'>((x, value, op) => {
  const positive = isQuantized(inputTensor(x.graph, op))
    ? x.node('Max', [value, x.writer.scalar('float32', 1e-30)])
    : value;
  return x.node('Reciprocal', [x.node('Sqrt', [positive])]);
});

/** The kernel bounds integers on the input's scale, and hands them on as they stand. */
export function relu6(op: Op<'RELU6'>, x: Exporter): void {
  const [input, output] = [inputTensor(x.graph, op), outputTensor(x.graph, op)];
  const own = input.quantization;
  if (!isQuantized(input) || isSameQuantization(own!, output.quantization ?? own!)) {
    clip<'RELU6'>(0, 6)(op, x);
    return;
  }
  x.reading = undefined;
  const layout = x.layoutOf(op.inputs[0]!);
  const value = clipped(x, x.real(op.inputs[0]!, layout), output, 0, 6);
  x.writeRaw(op.outputs[0]!, x.quantized(value, own!, input.dtype), layout);
}

export function clip<T extends OpType>(min: number, max: number): Function1<T> {
  return pointwise((x, value, op) => clipped(x, value, outputTensor(x.graph, op), min, max));
}

export function prelu(op: Op<'PRELU'>, x: Exporter): void {
  const [input, slope] = op.inputs as readonly [number, number];
  const layout = x.commonLayout(input, slope);
  const { shape } = outputTensor(x.graph, op);
  const values = [input, slope].map((t) => x.operand(t, shape.length, layout));
  x.write(op.outputs[0]!, x.node('PRelu', values), layout);
}

/** Along the graph's last axis, wherever that stands. */
function alongLast<T extends OpType>(
  make: (x: Exporter, value: Value, axis: number, op: Op<T>) => Value,
): Function1<T> {
  return (op, x) => {
    const [from, to] = [op.inputs[0]!, op.outputs[0]!];
    const layout = x.layoutOf(from) === 'first' ? 'first' : 'last';
    const rank = x.tensor(from).shape.length;
    const axis = layout === 'first' ? axisIn(layout, rank, rank - 1) : -1;
    x.write(to, make(x, x.real(from, layout), axis, op), layout);
  };
}

export const softmax = alongLast<'SOFTMAX'>((x, value, axis, op) => {
  const { beta } = op.attributes;
  const scaled = beta === 1 ? value : x.node('Mul', [value, x.writer.scalar('float32', beta)]);
  return x.node('Softmax', [scaled], { axis });
});

export const logSoftmax = alongLast<'LOG_SOFTMAX'>((x, value, axis) =>
  x.node('LogSoftmax', [value], { axis }),
);

/** LpNormalization divides by 0 where TFLite divides by a small number. */
export const l2Normalization = alongLast<'L2_NORMALIZATION'>((x, value, axis, op) => {
  const norm = x.node('ReduceL2', [value, x.writer.integers([axis])], { keepdims: 1 });
  const bounded = x.node('Max', [norm, x.writer.scalar('float32', l2NormalizationEpsilon)]);
  const made = x.node('Div', [value, bounded]);
  return activated(x, made, op.attributes.activation, inputTensor(x.graph, op));
});
