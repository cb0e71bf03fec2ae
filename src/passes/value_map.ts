/** What ops that turn each value into another do to every value there is: the proof by exhaustion. */
import { allocate } from '../graph/access.js';
import type { AnyOp, DType, Graph, Op, TensorData } from '../graph/graph.js';
import { definitionOf } from '../ops/registry.js';

const ranges: Readonly<Partial<Record<DType, readonly [first: number, count: number]>>> = {
  int8: [-128, 256],
  uint8: [0, 256],
  int16: [-32768, 65536],
};

/** In ascending order; undefined for a type of more than 16 bits. */
export function everyValue(dtype: DType): TensorData | undefined {
  const range = ranges[dtype];
  if (!range) return undefined;
  const [first, count] = range;
  const data = allocate(dtype, count);
  for (let i = 0; i < count; i++) data[i] = first + i;
  return data;
}

/**
 * What the last op gives for every value of the first one's input, in ascending order.
 * @param chain ops of one input and one output, each element by itself; each reads what the one before it gives
 */
export function valueMap(graph: Graph, chain: readonly AnyOp[]): TensorData | undefined {
  const source = chain[0]!.inputs[0]!;
  const values = everyValue(graph.tensors[source]!.dtype);
  if (!values) return undefined;
  const tensors = [...graph.tensors];
  const memory: TensorData[] = [];
  memory[source] = values;
  for (const t of [source, ...chain.map((op) => op.outputs[0]!)]) {
    tensors[t] = { ...tensors[t]!, shape: [values.length] };
    memory[t] ??= allocate(tensors[t]!.dtype, values.length);
  }
  for (const op of chain) definitionOf(op as Op).simulate(op as Op, { ...graph, tensors }, memory)();
  return memory[chain.at(-1)!.outputs[0]!]!;
}

/** To the bit; of floats the sign of a zero counts, and NaN is like nothing. */
export function sameValues(a: TensorData, b: TensorData): boolean {
  return a.length === b.length && a.every((value, i) => Object.is(value, b[i]) && !Number.isNaN(value));
}
