/** SVDF as what it is: a product, a queue of its last values as state, and weighed sums over that. */
import { inputTensor, outputTensor } from '../../../graph/access.js';
import type { Op } from '../../../graph/graph.js';
import { svdfOperands, svdfParameters } from '../../../ops/svdf.js';
import type { Exporter } from '../exporter.js';
import { activated } from './activation.js';
import { productScales } from './conv.js';

export function svdf(op: Op<'SVDF'>, x: Exporter): void {
  const parameters = svdfParameters(op, x.graph);
  const { batch, units, rank, memory } = parameters;
  const filters = units * rank;
  const at = (operand: keyof typeof svdfOperands) => op.inputs[svdfOperands[operand]] ?? -1;
  const sums = (...[value, axis]: [Parameters<Exporter['reshaped']>[0], number]) =>
    x.node('ReduceSum', [value, x.writer.integers([axis])], { keepdims: 0 });

  const newest = x.node('Gemm', [x.real(at('input')), x.real(at('feature'))], { transB: 1 });
  const queue = x.reshaped(x.real(at('state')), [batch, filters, memory]);
  const kept = x.node('Slice', [queue, ...[[1], [memory], [2]].map((list) => x.writer.integers(list))]);
  const moved = x.node('Concat', [kept, x.reshaped(newest, [batch, filters, 1])], { axis: 2 });
  x.write(at('state'), x.reshaped(moved, [batch, filters * memory]));

  const remembered = x.reshaped(x.real(at('state')), [batch, filters, memory]);
  const weighed = sums(x.node('Mul', [remembered, x.real(at('time'))]), 2);
  let sum = sums(x.reshaped(weighed, [batch, units, rank]), 2);
  if (at('bias') >= 0) {
    const scale = productScales(
      inputTensor(x.graph, op, svdfOperands.state),
      inputTensor(x.graph, op, svdfOperands.time),
    );
    sum = x.node('Add', [sum, x.bias(at('bias'), scale)]);
  }
  // The integer kernels pass over the activation.
  const activation = parameters.dtype === 'float32' ? op.attributes.activation : 'NONE';
  x.write(op.outputs[0]!, activated(x, sum, activation, outputTensor(x.graph, op)));
}
