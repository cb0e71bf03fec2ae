/** Random graphs of one ADD_N or CUMSUM. */
import fc from 'fast-check';
import type { DType, Graph, Quantization, Shape } from '../../../src/graph/graph.js';
import { oneOp } from '../../support/one_op.js';
import { random } from '../random.js';
import { quantization, seed } from './operands.js';

const dtype = fc.constantFrom<DType>('int8', 'int8', 'float32');

/** With these parameters, and outputs of this shape even where the op is not sound without them. */
export function withParameters(
  graph: Graph,
  shape: Shape,
  input: Quantization | undefined,
  output: Quantization | undefined,
): Graph {
  const tensors = graph.tensors.map((t, i) => {
    const isOutput = graph.outputs.includes(i);
    const parameters = t.data ? undefined : isOutput ? output : input;
    return parameters ? { ...t, ...(isOutput && { shape }), quantization: parameters } : t;
  });
  return { ...graph, tensors };
}

/** @param most inputs; sums of more than fifteen may wrap */
export function addNGraph(most: number): fc.Arbitrary<Graph> {
  return fc
    .record({
      dtype,
      shape: fc.array(fc.integer({ min: 1, max: 4 }), { maxLength: 4 }),
      inputs: fc.oneof(fc.integer({ min: 2, max: 5 }), fc.constant(most)),
      seed,
    })
    .map(({ dtype, shape, inputs, seed }) => {
      const rng = random(seed);
      const operands = Array.from({ length: inputs }, () => ({ shape, dtype }));
      const parameters = [quantization(dtype, rng), quantization(dtype, rng)] as const;
      return withParameters(oneOp('ADD_N', operands, {}), shape, ...parameters);
    });
}

/** @param more entries along the axis of some */
export function cumsumGraph(more: number): fc.Arbitrary<Graph> {
  return fc
    .record({
      dtype,
      shape: fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 4 }),
      axis: fc.nat(),
      long: fc.boolean(),
      exclusive: fc.boolean(),
      reverse: fc.boolean(),
      seed,
    })
    .map(({ dtype, shape, axis, long, exclusive, reverse, seed }) => {
      const rng = random(seed);
      const along = axis % shape.length;
      const whole = shape.map((n, i) => (long && i === along ? n + more : n));
      const parameters = [quantization(dtype, rng), quantization(dtype, rng)] as const;
      const place = exclusive ? along : along - shape.length;
      const graph = oneOp('CUMSUM', [{ shape: whole, dtype }, place], { exclusive, reverse });
      return withParameters(graph, whole, ...parameters);
    });
}
