/** Nodes that rearrange values: Transpose, slices, Split, Pack, GatherV2, Tile, blocks to depth and batch. */
import type { OpType } from '../../../graph/graph.js';
import type { NodeImporter } from '../node.js';
import { Unsupported, type Value } from '../value.js';
import { padNode } from './shapes.js';

/** An operator of the node's first input and of tables that are constants. */
function tabled<T extends OpType>(type: T, tables: number): NodeImporter {
  return (node) => {
    const { tensor } = node.value(0);
    const given = Array.from({ length: tables }, (_, i) => node.table(i + 1));
    return node.graph.inferred(type, node.name, [tensor, ...given], {} as never);
  };
}

export const transpose = tabled('TRANSPOSE', 1);
export const slice = tabled('SLICE', 2);
export const tile = tabled('TILE', 1);
export const reverse = tabled('REVERSE_V2', 1);
export const broadcastTo = tabled('BROADCAST_TO', 1);
export const spaceToBatch = tabled('SPACE_TO_BATCH_ND', 2);
export const batchToSpace = tabled('BATCH_TO_SPACE_ND', 2);

export const stridedSlice: NodeImporter = (node) => {
  const mask = (key: string) => node.options.number(key, 0);
  const attributes = {
    beginMask: mask('begin_mask'),
    endMask: mask('end_mask'),
    ellipsisMask: mask('ellipsis_mask'),
    newAxisMask: mask('new_axis_mask'),
    shrinkAxisMask: mask('shrink_axis_mask'),
    offset: false,
  };
  const { tensor } = node.value(0);
  const tables = [1, 2, 3].map((i) => node.table(i));
  return node.graph.inferred('STRIDED_SLICE', node.name, [tensor, ...tables], attributes);
};

export const expandDims: NodeImporter = (node) => {
  const x = node.value(0);
  const [given] = node.integers(1);
  const axis = (given ?? 0) < 0 ? (given ?? 0) + x.shape.length + 1 : (given ?? 0);
  if (axis < 0 || axis > x.shape.length) throw new Unsupported(`adds axis ${given} to ${x.shape.length}`);
  return node.graph.reshape(node.name, x, [...x.shape.slice(0, axis), 1, ...x.shape.slice(axis)]);
};

function parts(count: number): number {
  if (count >= 1 && count <= 1024) return count;
  throw new Unsupported(`gives ${count} values`);
}

export const split: NodeImporter = (node) => {
  const count = node.options.count('num_split');
  const { tensor } = node.value(1);
  const axis = node.table(0);
  const attributes = { numSplits: parts(count) };
  return node.graph.inferred('SPLIT', node.name, [axis, tensor], attributes, { count });
};

export const splitV: NodeImporter = (node) => {
  const { tensor } = node.value(0);
  const count = parts(node.integers(1).length);
  const tables = [node.table(1), node.table(2)];
  return node.graph.inferred('SPLIT_V', node.name, [tensor, ...tables], { numSplits: count }, { count });
};

export const unpack: NodeImporter = (node) => {
  const [given, count] = [node.options.number('axis', 0), node.options.count('num')];
  const { tensor, shape } = node.value(0);
  const axis = given < 0 ? given + shape.length : given;
  return node.graph.inferred('UNPACK', node.name, [tensor], { num: parts(count), axis }, { count });
};

export const pack: NodeImporter = (node) => {
  const given = node.options.number('axis', 0);
  const values: Value[] = node.given.map((_, i) => node.operand(i));
  const rank = (values[0]?.shape.length ?? 0) + 1;
  const attributes = { valuesCount: values.length, axis: given < 0 ? given + rank : given };
  return node.graph.inferred(
    'PACK',
    node.name,
    values.map(({ tensor }) => tensor),
    attributes,
  );
};

/** Entries by numbers that are constants. */
export const gather: NodeImporter = (node) => {
  const batchDims = node.options.number('batch_dims', 0);
  const { tensor, shape } = node.value(0);
  const [given = 0] = node.given.length > 2 ? node.integers(2) : [];
  const axis = given < 0 ? given + shape.length : given;
  return node.graph.inferred('GATHER', node.name, [tensor, node.table(1)], { axis, batchDims });
};

export const mirrorPad: NodeImporter = (node) => {
  const mode = node.options.word('mode', 'REFLECT', 'SYMMETRIC');
  const { tensor } = node.value(0);
  return node.graph.inferred('MIRROR_PAD', node.name, [tensor, node.table(1)], { mode });
};

/** With a value of its own. */
export const padV2: NodeImporter = (node) => {
  if (node.isConstant(2) && node.constant(2).values.every((v) => v === 0)) return padNode(node);
  const { tensor } = node.value(0);
  const { name, values } = node.constant(2);
  const inputs = [tensor, node.table(1), node.graph.floats(name, values)];
  return node.graph.inferred('PADV2', node.name, inputs, {});
};

/** Blocks of pixels as channels, and back. */
export function blocks(type: 'DEPTH_TO_SPACE' | 'SPACE_TO_DEPTH'): NodeImporter {
  return (node) => {
    node.options.word('data_format', 'NHWC');
    const blockSize = node.options.count('block_size');
    return node.graph.inferred(type, node.name, [node.value(0, 4).tensor], { blockSize });
  };
}
