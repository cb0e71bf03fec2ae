/** Functions of two values that broadcast, and the choice between them. */
import { inputTensor, outputTensor, scaleOf } from '../../../graph/access.js';
import type { Op, OpType } from '../../../graph/graph.js';
import type { FusedActivation } from '../../../numerics/activation_range.js';
import { addNParameters } from '../../../ops/add_n.js';
import type { Exporter } from '../exporter.js';
import type { Value } from '../model_writer.js';
import { activated } from './activation.js';

type Make = (x: Exporter, a: Value, b: Value) => Value;

export function binary<T extends OpType>(make: Make): (op: Op<T>, x: Exporter) => void {
  return (op, x) => {
    const [a, b] = op.inputs as readonly [number, number];
    const output = outputTensor(x.graph, op);
    const layout = x.commonLayout(a, b);
    const operand = (t: number) => x.operand(t, output.shape.length, layout);
    const made = make(x, operand(a), operand(b));
    const { activation = 'NONE' } = op.attributes as { readonly activation?: FusedActivation };
    x.write(op.outputs[0]!, activated(x, made, activation, output), layout);
  };
}

/** Of int32 TFLM passes the activation over. */
export function add(op: Op<'ADD'>, x: Exporter): void {
  const plain = outputTensor(x.graph, op).dtype === 'int32';
  const attributes = plain ? { activation: 'NONE' as const } : op.attributes;
  arithmetic<'ADD'>('Add')({ ...op, attributes }, x);
}

/** Of int8 TFLM adds up one zero point more than there are values. */
export function addN(op: Op<'ADD_N'>, x: Exporter): void {
  const layout = x.commonLayout(...op.inputs);
  const terms = op.inputs.map((t) => x.real(t, layout));
  const { quantized } = addNParameters(op, x.graph);
  if (quantized && quantized.inputOffset !== 0) {
    terms.push(x.writer.scalar('float32', quantized.inputOffset * scaleOf(inputTensor(x.graph, op))));
  }
  x.write(op.outputs[0]!, x.node('Sum', terms), layout);
}

/** One node of that type. */
export function arithmetic<T extends OpType>(type: string): (op: Op<T>, x: Exporter) => void {
  return binary((x, a, b) => x.node(type, [a, b]));
}

export const squaredDifference = binary<'SQUARED_DIFFERENCE'>((x, a, b) => {
  const difference = x.node('Sub', [a, b]);
  return x.node('Mul', [difference, difference]);
});

export const floorDiv = binary<'FLOOR_DIV'>((x, a, b) => x.node('Floor', [x.node('Div', [a, b])]));

/** ONNX's has the sign of the dividend, TFLite's that of the divisor. */
export const floorMod = binary<'FLOOR_MOD'>((x, a, b) => {
  const zero = x.writer.scalar('float32', 0);
  const rest = x.node('Mod', [a, b], { fmod: 1 });
  const differ = x.node('Xor', [x.node('Less', [rest, zero]), x.node('Less', [b, zero])]);
  const some = x.node('Not', [x.node('Equal', [rest, zero])]);
  return x.node('Where', [x.node('And', [some, differ]), x.node('Add', [rest, b]), rest]);
});

export const notEqual = binary<'NOT_EQUAL'>((x, a, b) => x.node('Not', [x.node('Equal', [a, b])]));

export function selectV2(op: Op<'SELECT_V2'>, x: Exporter): void {
  const rank = outputTensor(x.graph, op).shape.length;
  const layout = x.commonLayout(...op.inputs);
  x.write(
    op.outputs[0]!,
    x.node(
      'Where',
      op.inputs.map((t) => x.operand(t, rank, layout)),
    ),
    layout,
  );
}
