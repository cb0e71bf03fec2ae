/** What an operator of two values makes of them as they stand. */
import assert from 'node:assert/strict';
import { graphBuilder, perTensor, type TensorSpec } from '../../src/graph/build.js';
import { checkGraph } from '../../src/graph/check.js';
import type { DType, Graph, OpAttributes, OpType } from '../../src/graph/graph.js';
import { createSimulator } from '../../src/simulator/simulator.js';

/** A plain dtype, or one with scale and zero point. */
export type Kind = DType | readonly [DType, number, number];

function specOf(kind: Kind, count: number): TensorSpec {
  if (typeof kind === 'string') return { dtype: kind, shape: [count] };
  const [dtype, scale, zeroPoint] = kind;
  return { dtype, shape: [count], quantization: perTensor(scale, zeroPoint) };
}

/** An op on `count` pairs. */
export function twoValueOp<T extends OpType>(
  type: T,
  [a, b, y]: readonly [Kind, Kind, Kind],
  attributes: OpAttributes[T],
  count = 1,
): Graph {
  const builder = graphBuilder('two_values');
  const inputs = [builder.input('a', specOf(a, count)), builder.input('b', specOf(b, count))];
  return builder.build(builder.op(type, 'y', inputs, attributes, specOf(y, count)));
}

export function paired<T extends OpType>(
  type: T,
  kinds: readonly [Kind, Kind, Kind],
  attributes: OpAttributes[T],
  pairs: readonly (readonly [number, number])[],
): number[] {
  const graph = twoValueOp(type, kinds, attributes, pairs.length);
  assert.deepEqual(checkGraph(graph), []);
  const simulator = createSimulator(graph);
  (simulator.memory[0] as Float32Array).set(pairs.map(([a]) => a));
  (simulator.memory[1] as Float32Array).set(pairs.map(([, b]) => b));
  simulator.run();
  return [...(simulator.memory[2] as Float32Array)];
}
