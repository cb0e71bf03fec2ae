/** Between real numbers and integers, and between types. */
import { inputTensor, outputTensor, scaleOf, zeroPointOf } from '../../../graph/access.js';
import type { Op } from '../../../graph/graph.js';
import type { Exporter } from '../exporter.js';
import type { Value } from '../model_writer.js';
import { onnxTypeOf } from '../types.js';

/** What follows is written as a quantized tensor, or from int32, which QuantizeLinear does not know. */
export function quantize(op: Op<'QUANTIZE'>, x: Exporter): void {
  const [from, to] = [op.inputs[0]!, op.outputs[0]!];
  const [input, output] = [inputTensor(x.graph, op), outputTensor(x.graph, op)];
  const layout = x.layoutOf(from);
  const value = input.dtype === 'int32' ? realOfInt32(op, x) : x.real(from, layout);
  if (output.dtype !== 'int32') {
    x.write(to, value, layout, x.imageOf(from));
    return;
  }
  const steps = x.node('Round', [x.node('Div', [value, x.writer.scalar('float32', scaleOf(output))])]);
  const shifted = x.node('Add', [steps, x.writer.scalar('float32', zeroPointOf(output))]);
  x.write(to, x.node('Cast', [shifted], { to: onnxTypeOf.int32 }), layout, x.imageOf(from));
}

function realOfInt32(op: Op<'QUANTIZE'>, x: Exporter): Value {
  const input = inputTensor(x.graph, op);
  const layout = x.layoutOf(op.inputs[0]!);
  const zero = zeroPointOf(input);
  const raw = x.raw(op.inputs[0]!, layout);
  const steps = zero === 0 ? raw : x.node('Sub', [raw, x.writer.scalar('int32', zero)]);
  return x.dequantized(steps, input.quantization!, 'int32');
}

/** A node of its own, so that it has the op's name. */
export function dequantize(op: Op<'DEQUANTIZE'>, x: Exporter): void {
  const { dtype, quantization } = inputTensor(x.graph, op);
  const from = op.inputs[0]!;
  const layout = x.layoutOf(from);
  x.write(op.outputs[0]!, x.dequantized(x.raw(from, layout), quantization!, dtype), layout, x.imageOf(from));
}

/** Scales play no part. A real number beyond the type is the type's nearest value, which ONNX leaves open. */
export function cast(op: Op<'CAST'>, x: Exporter): void {
  const to = onnxTypeOf[outputTensor(x.graph, op).dtype];
  x.writeRaw(op.outputs[0]!, x.node('Cast', [x.raw(op.inputs[0]!)], { to }));
}
