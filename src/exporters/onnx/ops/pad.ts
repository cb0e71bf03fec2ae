/** Padding: zeros, another value, or what the tensor has itself. */
import { inputTensor, outputTensor } from '../../../graph/access.js';
import type { Op } from '../../../graph/graph.js';
import { paddingsOf } from '../../../ops/padding.js';
import { type Exporter, isQuantized } from '../exporter.js';
import { eachAxisIn, type Layout } from '../layout.js';
import type { Value } from '../model_writer.js';
import { padded } from './move.js';

type PadOp = Op<'PAD'> | Op<'PADV2'> | Op<'MIRROR_PAD'>;

function layoutOf(op: PadOp, x: Exporter): Layout {
  return x.layoutOf(op.inputs[0]!) === 'first' ? 'first' : 'last';
}

function padsIn(op: PadOp, x: Exporter, layout: Layout): number[] {
  const pairs = eachAxisIn(layout, paddingsOf(op as Op<'PAD'>, x.graph)!);
  return [...pairs.map(([before]) => before), ...pairs.map(([, after]) => after)];
}

/** Of int8 with the output's zero point, of int16 with 0 as it stands. */
export function pad(op: Op<'PAD'>, x: Exporter): void {
  const layout = layoutOf(op, x);
  const output = outputTensor(x.graph, op);
  const zero = () => x.scalarLike(output, output.dtype === 'int16' ? x.realOf(output, 0) : 0);
  const value = padded(x, x.real(op.inputs[0]!, layout), output, padsIn(op, x, layout), zero);
  x.write(op.outputs[0]!, value, layout);
}

export function padv2(op: Op<'PADV2'>, x: Exporter): void {
  const layout = layoutOf(op, x);
  const value = x.real(op.inputs[0]!, layout);
  const by = () => scalarOf(x, op.inputs[2]!);
  x.write(op.outputs[0]!, padded(x, value, outputTensor(x.graph, op), padsIn(op, x, layout), by), layout);
}

function scalarOf(x: Exporter, tensor: number): Value {
  const value = x.real(tensor);
  return x.tensor(tensor).shape.length === 0 ? value : x.reshaped(value, []);
}

/** ONNX mirrors only with the border left out, and only real numbers: else the entries by number. */
export function mirrorPad(op: Op<'MIRROR_PAD'>, x: Exporter): void {
  const layout = layoutOf(op, x);
  const input = inputTensor(x.graph, op);
  const value = x.real(op.inputs[0]!, layout);
  const pads = padsIn(op, x, layout);
  if (op.attributes.mode === 'REFLECT' && (input.dtype === 'float32' || isQuantized(input))) {
    x.write(op.outputs[0]!, x.node('Pad', [value, x.writer.integers(pads)], { mode: 'reflect' }), layout);
    return;
  }
  const skip = op.attributes.mode === 'REFLECT' ? 1 : 0;
  const lengths = eachAxisIn(layout, input.shape);
  const mirrored = lengths.reduce<Value>((inner, length, axis) => {
    const [before, after] = [pads[axis]!, pads[axis + lengths.length]!];
    if (before + after === 0) return inner;
    const entries = Array.from({ length: before + length + after }, (_, i) => {
      const at = i - before;
      if (at < 0) return -at - 1 + skip;
      return at < length ? at : 2 * length - at - 1 - skip;
    });
    return x.node('Gather', [inner, x.writer.integers(entries)], { axis });
  }, value);
  x.write(op.outputs[0]!, mirrored, layout);
}
