/** Matrix products. */
import { elementCount, inputTensor, outputTensor } from '../../../graph/access.js';
import type { Op, Shape } from '../../../graph/graph.js';
import { type Exporter, isQuantized } from '../exporter.js';
import type { Value } from '../model_writer.js';
import { activated } from './activation.js';
import { productScales } from './conv.js';

/** Rows of an image with channels first, and its weights moved; or rows as they are. */
function rowsOf(x: Exporter, tensor: number, inputs: number): { rows: Value; image?: Shape } {
  const { shape } = x.tensor(tensor);
  const rows = [elementCount(shape) / inputs, inputs];
  const layout = x.layoutOf(tensor);
  const image = layout === 'first' ? shape : layout === 'flat' ? x.imageOf(tensor) : undefined;
  if (image && elementCount(image.slice(1)) === inputs && image[0] === rows[0]) {
    const value = x.real(tensor, layout);
    return { rows: layout === 'flat' ? value : x.reshaped(value, rows), image };
  }
  const value = x.real(tensor);
  return { rows: shape.join() === rows.join() ? value : x.reshaped(value, rows) };
}

export function fullyConnected(op: Op<'FULLY_CONNECTED'>, x: Exporter): void {
  const [weights, output] = [inputTensor(x.graph, op, 1), outputTensor(x.graph, op)];
  const [outputs, inputs] = weights.shape.slice(-2) as [number, number];
  const { rows, image } = rowsOf(x, op.inputs[0]!, inputs);
  const matrix = image
    ? {
        view: [outputs, ...image.slice(1)],
        permutation: [0, image.length - 1, ...image.slice(1, -1).map((_, i) => i + 1)],
        shape: [outputs, inputs],
      }
    : { view: [outputs, inputs], permutation: [0, 1] };
  const operands = [rows, x.weights(op.inputs[1]!, { ...matrix, axis: 0 })];
  const bias = op.inputs[2] ?? -1;
  if (bias >= 0) operands.push(x.bias(bias, productScales(inputTensor(x.graph, op), weights)));
  const sums = activated(x, x.node('Gemm', operands, { transB: 1 }), op.attributes.activation, output);
  if (output.shape.length === 2) {
    x.write(op.outputs[0]!, sums);
    return;
  }
  const { dtype, quantization } = output;
  const stored = isQuantized(output) ? x.restored(sums, { dtype, quantization: quantization! }) : sums;
  x.write(op.outputs[0]!, x.reshaped(stored, output.shape));
}

export function batchMatmul(op: Op<'BATCH_MATMUL'>, x: Exporter): void {
  const side = (i: number, adjoint: boolean) => {
    const tensor = op.inputs[i]!;
    const { shape, data } = x.tensor(tensor);
    if (!adjoint) return x.real(tensor);
    const axes = shape.map((_, axis) => axis);
    const permutation = [...axes.slice(0, -2), axes.at(-1)!, axes.at(-2)!];
    if (data) return x.weights(tensor, { view: shape, permutation });
    return x.transposed(x.real(tensor), permutation);
  };
  const { adjX, adjY } = op.attributes;
  x.write(op.outputs[0]!, x.node('MatMul', [side(0, adjX), side(1, adjY)]));
}
