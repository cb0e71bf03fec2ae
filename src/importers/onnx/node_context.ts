/** What the import of one node sees: the node, its inputs, and the graph under construction. */
import { broadcastShape } from '../../ops/broadcast.js';
import type { Node } from './node.js';
import { type Activation, type Constant, identity, Unsupported, type Value } from './value.js';
import type { Writer } from './writer.js';

/** What comes before the first unsupported op. */
export type Known = Exclude<Value, { kind: 'unknown' }>;

export interface NodeContext {
  readonly node: Node;
  /** Undefined where the node leaves an input out. Never unknown. */
  readonly inputs: readonly (Known | undefined)[];
  readonly graph: Writer;
}

/** Gives the values of the node's outputs, in their order. @throws Unsupported with the reason */
export type NodeImporter = (context: NodeContext) => readonly Value[];

export function activation(
  tensor: number,
  dims: readonly number[],
  order: readonly number[],
  dtype: Activation['dtype'] = 'float32',
): Activation {
  return { kind: 'activation', tensor, dims, order, dtype };
}

/** The i-th input as it lies, also flattened. @throws Unsupported for a constant */
export function flatInput({ inputs, graph }: NodeContext, i = 0): Activation {
  const value = inputs[i];
  if (value?.kind === 'activation') return value;
  if (value?.kind === 'label') throw new Unsupported('computes with the number of a class');
  if (!value) throw new Unsupported(`lacks its input ${i}`);
  return activation(graph.constantTensor(value), value.dims, identity(value.dims.length), value.dtype);
}

/** The i-th input; a constant becomes a tensor. */
export function input(context: NodeContext, i = 0): Activation {
  const value = flatInput(context, i);
  return value.flattened ? context.graph.plain(value) : value;
}

/** The i-th input, which has to be known when the model is compiled. @param what for the reason */
export function constantInput({ inputs }: NodeContext, i: number, what: string): Constant {
  const value = inputs[i];
  if (value?.kind === 'constant') return value;
  throw new Unsupported(
    value ? `its ${what} is computed in the model; only a constant is taken` : `lacks its ${what}`,
  );
}

export function optionalConstant(context: NodeContext, i: number, what: string): Constant | undefined {
  return context.inputs[i] ? constantInput(context, i, what) : undefined;
}

/** Integers that older operator sets have as an attribute and newer ones as an input. */
export function listOf(context: NodeContext, name: string, i: number): number[] | undefined {
  return (
    context.node.numbers(name) ??
    (optionalConstant(context, i, name) && [...constantInput(context, i, name).values])
  );
}

/** Whether an axis is the last one in memory. */
export function inChannelsOrder(value: Activation): boolean {
  return value.order.at(-1) === 1 && value.dims.length > 2;
}

/** @throws Unsupported for shapes that do not broadcast */
export function broadcastDims(a: readonly number[], b: readonly number[]): number[] {
  const dims = broadcastShape(a, b);
  if (!dims) throw new Unsupported(`cannot broadcast [${a}] with [${b}]`);
  return [...dims];
}
