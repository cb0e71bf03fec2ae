/** MaxPooling, AveragePooling and the global pools, over rows and columns or over one dimension. */
import type { Layer, LayerImporter } from '../layer.js';
import type { Value } from '../value.js';
import { pool2d } from '../window.js';

type PoolType = 'AVERAGE_POOL_2D' | 'MAX_POOL_2D';

export function pooling(type: PoolType, rank: 1 | 2): LayerImporter {
  return (layer) => {
    const { options, graph, name } = layer;
    const size = options.extent('pool_size', rank, 2);
    const strides = options.extent('strides', rank, size);
    const padding = options.word('padding', 'valid', 'same') === 'same' ? 'SAME' : 'VALID';
    options.channelsLast();
    const given = layer.input(rank + 2);
    if (rank === 2) return pool2d(graph, type, name, given, size, { padding, strides });
    const pooled = pool2d(graph, type, `${name}/pool`, asRow(layer, given), [1, ...size], {
      padding,
      strides: [1, ...strides],
    });
    return graph.reshape(name, pooled, [1, ...pooled.shape.slice(2)]);
  };
}

export function globalAveragePooling(rank: 1 | 2): LayerImporter {
  return (layer) => {
    const { options, graph, name } = layer;
    const keepDims = options.flag('keepdims', false);
    options.channelsLast();
    const { tensor, shape } = layer.input(rank + 2);
    const axes = graph.integers(`${name}/axes`, rank === 1 ? [1] : [1, 2]);
    const output = [1, ...(keepDims ? new Array<number>(rank).fill(1) : []), shape.at(-1)!];
    return graph.op('MEAN', name, [tensor, axes], { keepDims }, output);
  };
}

/** A pool whose window is the whole input. */
export function globalMaxPooling(rank: 1 | 2): LayerImporter {
  return (layer) => {
    const { options, graph, name } = layer;
    const keepDims = options.flag('keepdims', false);
    options.channelsLast();
    const given = layer.input(rank + 2);
    const x = rank === 1 ? asRow(layer, given) : given;
    const size = x.shape.slice(1, 3);
    const pooled = pool2d(graph, 'MAX_POOL_2D', `${name}/pool`, x, size, {
      padding: 'VALID',
      strides: [1, 1],
    });
    const ones = new Array<number>(keepDims ? rank : 0).fill(1);
    return graph.reshape(name, pooled, [1, ...ones, x.shape[3]!]);
  };
}

function asRow({ graph, name }: Layer, x: Value): Value {
  return graph.reshape(`${name}/row`, x, [1, 1, ...x.shape.slice(1)]);
}
