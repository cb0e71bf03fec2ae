/** Pools, which do not count padding. */
import { outputTensor } from '../../../graph/access.js';
import type { Op } from '../../../graph/graph.js';
import { type PoolType, poolParameters } from '../../../ops/pooling.js';
import type { Exporter } from '../exporter.js';
import type { Value } from '../model_writer.js';
import { activated } from './activation.js';
import { padsOf } from './conv.js';

function pool(op: Op<PoolType>, x: Exporter, node: (image: Value, window: Window) => Value): void {
  const { input, output, filter, stride, padding } = poolParameters(op, x.graph);
  const window = {
    kernel_shape: [filter.height, filter.width],
    strides: [stride.height, stride.width],
    pads: padsOf(input, output, filter, stride, padding),
  };
  const pooled = node(x.real(op.inputs[0]!, 'first'), window);
  const made = activated(x, pooled, op.attributes.activation, outputTensor(x.graph, op));
  x.write(op.outputs[0]!, made, 'first');
}

type Window = Readonly<Record<'kernel_shape' | 'strides' | 'pads', readonly number[]>>;

export function averagePool2d(op: Op<'AVERAGE_POOL_2D'>, x: Exporter): void {
  pool(op, x, (image, window) => x.node('AveragePool', [image], { ...window, count_include_pad: 0 }));
}

export function maxPool2d(op: Op<'MAX_POOL_2D'>, x: Exporter): void {
  pool(op, x, (image, window) => x.node('MaxPool', [image], window));
}

/** LpPool sums squares, where the mean is wanted. */
export function l2Pool2d(op: Op<'L2_POOL_2D'>, x: Exporter): void {
  pool(op, x, (image, window) => {
    const squares = x.node('Mul', [image, image]);
    return x.node('Sqrt', [x.node('AveragePool', [squares], { ...window, count_include_pad: 0 })]);
  });
}
