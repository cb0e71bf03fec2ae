/** What recurrent layers need of a graph under construction, whichever format is read. Tensors are float32, by number. */
import type { OpAttributes, OpType, Shape } from '../../graph/graph.js';

export interface RecurrentGraph {
  /** Appends an op. @returns its outputs, of the shapes given */
  op<T extends OpType>(
    type: T,
    name: string,
    inputs: readonly number[],
    attributes: OpAttributes[T],
    ...shapes: readonly Shape[]
  ): readonly number[];
  floats(name: string, values: Float32Array, shape: Shape): number;
  integers(name: string, values: readonly number[], shape?: Shape): number;
  /** Zeros at first. */
  state(name: string, shape: Shape): number;
}

/** Steps of features: [steps][batch][features], or where not `timeMajor` [batch][steps][features]. */
export interface Sequence {
  readonly tensor: number;
  readonly steps: number;
  readonly batch: number;
  readonly features: number;
  readonly timeMajor: boolean;
}

/** What a layer gives; the ops behind each are written when it is asked for. */
export interface Outcome {
  /** Hidden states as the input's steps lie. */
  sequence(): Sequence;
  /** Hidden states in the order in which they were computed: of a reversed layer the last step's is first. */
  processed(): Sequence;
  /** The hidden state behind the last step computed, [batch][units]. */
  hidden(): number;
  /** The same of an LSTM's cell state. Undefined where the operator keeps it to itself. */
  cell?(): number;
}

/** A function of [batch][units] that keeps the shape. */
export type Activation = (graph: RecurrentGraph, name: string, x: number, shape: Shape) => number;

export const none = { activation: 'NONE' } as const;

/** An op of one output. */
export function one<T extends OpType>(
  graph: RecurrentGraph,
  type: T,
  name: string,
  inputs: readonly number[],
  attributes: OpAttributes[T],
  shape: Shape,
): number {
  return graph.op(type, name, inputs, attributes, shape)[0]!;
}

export function shapeOf({ steps, batch, features, timeMajor }: Sequence): Shape {
  return timeMajor ? [steps, batch, features] : [batch, steps, features];
}

/** The steps the other way round. */
export function reversed(graph: RecurrentGraph, name: string, sequence: Sequence): Sequence {
  if (sequence.steps === 1) return sequence;
  const axes = graph.integers(`${name}/axes`, [sequence.timeMajor ? 0 : 1]);
  const inputs = [sequence.tensor, axes];
  return { ...sequence, tensor: one(graph, 'REVERSE_V2', name, inputs, {}, shapeOf(sequence)) };
}

/** One step, [batch][features]. */
export function stepOf(graph: RecurrentGraph, name: string, sequence: Sequence, step: number): number {
  const { tensor, steps, batch, features, timeMajor } = sequence;
  const shape = timeMajor ? [1, batch, features] : [batch, 1, features];
  const begin = graph.integers(`${name}/begin`, timeMajor ? [step, 0, 0] : [0, step, 0]);
  const size = graph.integers(`${name}/size`, shape);
  const slice = steps === 1 ? tensor : one(graph, 'SLICE', `${name}/slice`, [tensor, begin, size], {}, shape);
  const newShape = [batch, features];
  return one(graph, 'RESHAPE', name, [slice], { newShape }, newShape);
}

/** Arrays one behind the other. */
export function joined(parts: readonly Float32Array[]): Float32Array {
  const whole = new Float32Array(parts.reduce((n, part) => n + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}

/** x · weights, or with a bias; @param weights [outputs][features] */
export function fullyConnected(
  graph: RecurrentGraph,
  name: string,
  x: number,
  weights: number,
  bias: number | undefined,
  shape: Shape,
): number {
  const attributes = { ...none, keepNumDims: shape.length > 2, weightsFormat: 'DEFAULT' } as const;
  const inputs = [x, weights, ...(bias === undefined ? [] : [bias])];
  return one(graph, 'FULLY_CONNECTED', name, inputs, attributes, shape);
}
