/**
 * SCATTER_ND: slices added into a tensor of zeros, each at its coordinates, constant or computed; raw values, whatever the scale, and
 * what leaves the type wraps. Where computed coordinates lead out of the tensor TFLite's kernel stops with an error; here the
 * slice is left out. TFLite: reference/reference_ops.h, ScatterNd; TFLM has no such kernel.
 */
import { elementCount, inputTensor, outputTensor } from '../graph/access.js';
import type { DType, Graph, Op, Shape } from '../graph/graph.js';
import { dtypeProblems, operandProblems } from './checks.js';
import { integerProblems, integersOf, rangeProblem, shapeProblem } from './constant_operand.js';
import { stridesOf } from './movement.js';
import { type OpDefinition, type OpProblem, sameDType } from './op.js';

// biome-ignore lint/complexity/noBannedTypes: an operator without attributes.
export type ScatterNdAttributes = {};

declare module '../graph/graph.js' {
  interface OpAttributes {
    SCATTER_ND: ScatterNdAttributes;
  }
}

export interface ScatterNdParameters {
  readonly dtype: DType;
  readonly slices: number;
  /** Elements of a slice. */
  readonly inner: number;
  /** By coordinate: how many there are, and how many elements each moves on; at most 5. */
  readonly counts: readonly number[];
  readonly strides: readonly number[];
  /** Elements of the output. */
  readonly size: number;
}

/** As GATHER_ND of TFLM has them (MAX_INDICES_ND). */
const maxCoordinates = 5;

const supports = sameDType('int8', 'uint8', 'int32', 'float32');

/** Call only on an op whose `check` found nothing. */
export function scatterNdParameters(op: Op<'SCATTER_ND'>, graph: Graph): ScatterNdParameters {
  const { shape: indices } = inputTensor(graph, op);
  const shape = integersOf(op, graph, 2)!;
  const coordinates = indices.at(-1)!;
  return {
    dtype: inputTensor(graph, op, 1).dtype,
    slices: elementCount(indices.slice(0, -1)),
    inner: elementCount(shape.slice(coordinates)),
    counts: shape.slice(0, coordinates),
    strides: stridesOf(shape).slice(0, coordinates),
    size: elementCount(shape),
  };
}

function infer(op: Op<'SCATTER_ND'>, graph: Graph): Shape[] {
  return [integersOf(op, graph, 2)!];
}

function check(op: Op<'SCATTER_ND'>, graph: Graph): OpProblem[] {
  const missing = operandProblems(op, graph, { min: 3, max: 3 });
  if (missing.length > 0) return missing;
  const [indices, updates] = [inputTensor(graph, op), inputTensor(graph, op, 1)];
  const problems = [
    ...dtypeProblems([{ input: 'int32', output: 'int32' }], [indices], indices),
    ...dtypeProblems(supports, [updates], outputTensor(graph, op)),
    ...integerProblems(op, graph, 2, { what: 'shape' }),
  ];
  if (problems.length > 0) return problems;
  const shape = integersOf(op, graph, 2)!;
  if (shape.some((n) => n < 1)) return [rangeProblem(`puts slices into the shape [${shape}]`)];
  const coordinates = indices.shape.at(-1) ?? 0;
  if (coordinates < 1 || coordinates > Math.min(shape.length, maxCoordinates)) {
    return [shapeProblem(`puts slices into [${shape}] by ${coordinates} coordinates`)];
  }
  const expected = [...indices.shape.slice(0, -1), ...shape.slice(coordinates)];
  if (expected.length !== updates.shape.length || expected.some((n, i) => n !== updates.shape[i])) {
    problems.push(shapeProblem(`has slices of the shape [${updates.shape}], not [${expected}]`));
  }
  const places = integersOf(op, graph, 0) ?? [];
  const beyond = places.findIndex((n, i) => n < 0 || n >= shape[i % coordinates]!);
  if (beyond < 0) return problems;
  const at = beyond - (beyond % coordinates);
  const place = places.slice(at, at + coordinates);
  return [...problems, rangeProblem(`puts a slice at [${place}] of the shape [${shape}]`)];
}

export const scatterNd: OpDefinition<'SCATTER_ND'> = {
  type: 'SCATTER_ND',
  supports,
  data: 1,
  check,
  infer,
  macs: () => 0,
  simulate(op, graph, memory) {
    const { slices, inner, counts, strides } = scatterNdParameters(op, graph);
    const [indices, updates] = op.inputs.map((t) => memory[t] as Int32Array) as [Int32Array, Int32Array];
    const output = memory[op.outputs[0]!] as Int32Array;
    return () => {
      output.fill(0);
      for (let slice = 0; slice < slices; slice++) {
        let [begin, inside] = [0, true];
        for (let c = 0; c < counts.length; c++) {
          const place = indices[slice * counts.length + c]!;
          inside &&= place >= 0 && place < counts[c]!;
          begin += place * strides[c]!;
        }
        // A typed array wraps and rounds as its type does.
        if (inside) for (let i = 0; i < inner; i++) output[begin + i]! += updates[slice * inner + i]!;
      }
    };
  },
};
