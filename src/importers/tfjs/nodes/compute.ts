/** Nodes that compute: functions of one value and of two, reductions, FusedBatchNorm, Resize. */
import type { OpType } from '../../../graph/graph.js';
import { affine } from '../activation.js';
import type { NodeImporter } from '../node.js';
import { Unsupported, type Value } from '../value.js';
import { resize } from '../window.js';

export function unary(type: OpType): NodeImporter {
  return (node) => node.graph.inferred(type, node.name, [node.value(0).tensor], {} as never);
}

/** Without an activation, or where the operator knows none. */
export function binary(type: 'DIV' | 'SQUARED_DIFFERENCE' | 'PRELU'): NodeImporter {
  return (node) => {
    const tensors = [node.operand(0).tensor, node.operand(1).tensor];
    const attributes = type === 'DIV' ? { activation: 'NONE' as const } : {};
    return node.graph.inferred(type, node.name, tensors, attributes as never);
  };
}

/** Two by two, from left to right. */
export const addN: NodeImporter = (node) => {
  const values = node.given.map((_, i) => node.operand(i));
  return values.reduce((a, b, i): Value => {
    const name = i === values.length - 1 ? node.name : `${node.name}/${i}`;
    return node.graph.inferred('ADD', name, [a.tensor, b.tensor], { activation: 'NONE' })[0]!;
  });
};

/** Between two numbers. */
export const clip: NodeImporter = (node) => {
  const { tensor } = node.value(0);
  const [low, high] = [1, 2].map((i) => {
    const { name, values } = node.constant(i);
    if (values.length !== 1) throw new Unsupported(`is bounded by ${values.length} numbers`);
    return node.graph.floats(name, values);
  }) as [number, number];
  const [above] = node.graph.inferred('MAXIMUM', `${node.name}/above`, [tensor, low], {});
  return node.graph.inferred('MINIMUM', node.name, [above!.tensor, high], {});
};

/** Reals stay what they are; a cast between other types has no place in a float graph. */
export const cast: NodeImporter = (node) => {
  const types = ['SrcT', 'DstT'].map((key) => node.options.get(key) ?? 'DT_FLOAT');
  if (types.some((type) => type !== 'DT_FLOAT' && type !== 'DT_HALF'))
    node.options.refuse(`casts ${types.join(' to ')}`);
  return node.value(0);
};

export function reduction(type: 'MEAN' | 'SUM' | 'REDUCE_MAX' | 'REDUCE_MIN'): NodeImporter {
  return (node) => {
    const keepDims = node.options.flag('keep_dims', false);
    const { tensor } = node.value(0);
    const axes = node.graph.integers(`${node.name}/axes`, node.integers(1));
    return node.graph.inferred(type, node.name, [tensor, axes], { keepDims });
  };
}

/** Where along an axis the largest or smallest value stands: int32. */
export function argExtremum(type: 'ARG_MAX' | 'ARG_MIN'): NodeImporter {
  return (node) => {
    const { tensor } = node.value(0);
    const [axis = 0] = node.integers(1);
    const table = node.graph.integers(`${node.name}/axis`, [axis], []);
    return node.graph.inferred(type, node.name, [tensor, table], {}, { dtype: 'int32' });
  };
}

/** At inference: MUL and ADD by one value a channel. */
export const fusedBatchNorm: NodeImporter = (node) => {
  const { options } = node;
  options.word('data_format', 'NHWC');
  const epsilon = options.number('epsilon', 1e-4);
  if (options.flag('is_training', false)) options.refuse('normalizes as in training');
  const x = node.value(0, 4);
  const channels = x.shape[3]!;
  const [gamma, beta, mean, variance] = [1, 2, 3, 4].map((i) => {
    const { values } = node.constant(i);
    if (values.length !== channels)
      throw new Unsupported(`has ${values.length} values for ${channels} channels`);
    return values;
  }) as [Float32Array, Float32Array, Float32Array, Float32Array];
  const scale = Float64Array.from(gamma, (g, c) => g / Math.sqrt(variance[c]! + epsilon));
  if (!scale.every(Number.isFinite)) throw new Unsupported('has a variance below 0');
  const offset = beta.map((b, c) => b - mean[c]! * scale[c]!);
  return affine(node.graph, node.name, x, Float32Array.from(scale), offset);
};

export function resized(type: 'RESIZE_BILINEAR' | 'RESIZE_NEAREST_NEIGHBOR'): NodeImporter {
  return (node) => {
    const attributes = {
      alignCorners: node.options.flag('align_corners', false),
      halfPixelCenters: node.options.flag('half_pixel_centers', false),
    };
    const x = node.value(0, 4);
    const size = node.integers(1);
    if (size.length !== 2) throw new Unsupported(`resizes to [${size.join(', ')}]`);
    return resize(node.graph, type, node.name, x, size as unknown as [number, number], attributes);
  };
}

/** Of matrices that are computed, or of one and a constant. */
export const batchMatMul: NodeImporter = (node) => {
  const attributes = {
    adjX: node.options.flag('adj_x', false),
    adjY: node.options.flag('adj_y', false),
  };
  return node.graph.inferred(
    'BATCH_MATMUL',
    node.name,
    [node.operand(0).tensor, node.operand(1).tensor],
    attributes,
  );
};
