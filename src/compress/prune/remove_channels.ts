/** Takes channels out of a graph: shapes, weights, biases and constants shrink wherever the channels went. */
import { elementCount } from '../../graph/access.js';
import type { AnyOp, Graph, Shape, Tensor } from '../../graph/graph.js';
import { uniqueNames } from '../../graph/names.js';
import { removeUnusedTensors } from '../../passes/remove_unused_tensors.js';
import { type ChannelGroups, channelGroups } from './channel_groups.js';

/**
 * The result computes what the graph computes when all values of those channels are 0, bit for bit in float32: what is left
 * out of each sum is zeros.
 *
 * @param selection numbers of groups of `channelGroups(graph)`, all of them in families; every axis keeps a channel
 */
export function removeChannels(
  graph: Graph,
  selection: Iterable<number>,
  groups: ChannelGroups = channelGroups(graph),
): Graph {
  const removed = new Set(selection);
  const tensors = [...graph.tensors];
  for (const { tensor, axis, groups: of } of groups.axes) {
    const kept = [...of.keys()].filter((i) => !removed.has(of[i]!));
    if (kept.length < of.length) tensors[tensor] = takeAlong(tensors[tensor]!, axis, kept);
  }
  const name = uniqueNames();
  for (const tensor of tensors) name(tensor.name);
  const ops = graph.ops.map((op): AnyOp => {
    if (op.type !== 'DEPTHWISE_CONV_2D' && op.type !== 'RESHAPE') return op;
    const [input, output] = [tensors[op.inputs[0]!]!, tensors[op.outputs[0]!]!];
    if (op.type === 'DEPTHWISE_CONV_2D') {
      const depthMultiplier = output.shape.at(-1)! / input.shape.at(-1)!;
      return { ...op, attributes: { ...op.attributes, depthMultiplier } };
    }
    const before = graph.tensors[op.outputs[0]!]!.shape;
    if (sameShape(before, output.shape)) return op;
    const { newShape } = op.attributes;
    const attributes = newShape ? { newShape: reshaped(newShape, output.shape) } : {};
    const operand = tensors[op.inputs[1] ?? -1];
    if (!operand?.data) return { ...op, attributes };
    // A new one, for another op may read the same.
    const data = Int32Array.from(reshaped(Array.from(operand.data, Number), output.shape));
    const shape = tensors.push({ ...operand, name: name(operand.name), shape: [data.length], data }) - 1;
    return { ...op, attributes, inputs: [op.inputs[0]!, shape] };
  });
  return removeUnusedTensors({ ...graph, tensors, ops });
}

/** The elements at these indices of the axis, in their order. */
function takeAlong({ name, dtype, shape, data }: Tensor, axis: number, kept: readonly number[]): Tensor {
  const smaller = shape.map((n, i) => (i === axis ? kept.length : n));
  if (!data) return { name, dtype, shape: smaller };
  const inner = elementCount(shape.slice(axis + 1));
  const length = shape[axis]!;
  const taken = new Float32Array(elementCount(smaller));
  let to = 0;
  for (let outer = 0; outer < data.length; outer += length * inner) {
    for (const i of kept) {
      taken.set((data as Float32Array).subarray(outer + i * inner, outer + (i + 1) * inner), to);
      to += inner;
    }
  }
  return { name, dtype, shape: smaller, data: taken };
}

/** A shape as the file has it, −1 where it had that. */
function reshaped(asWritten: readonly number[], shape: Shape): number[] {
  if (asWritten.length !== shape.length) return [...shape];
  return shape.map((n, i) => (asWritten[i] === -1 ? -1 : n));
}

function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((n, i) => n === b[i]);
}
