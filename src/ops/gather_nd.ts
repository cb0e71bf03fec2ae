/**
 * GATHER_ND: slices of a tensor by the coordinates where they begin, constant or computed. Where computed ones lead out of
 * the tensor, TFLM's kernel stops with an error; here the nearest slice is taken. TFLM: kernels/gather_nd.cc.
 */
import { elementCount, inputTensor } from '../graph/access.js';
import type { DType, Graph, Op, Shape } from '../graph/graph.js';
import { clamp } from '../numerics/rounding.js';
import { operandProblems } from './checks.js';
import { integersOf, rangeProblem, shapeProblem } from './constant_operand.js';
import { gatherDtypes } from './gather.js';
import { movedTypes, stridesOf } from './movement.js';
import { type OpDefinition, type OpProblem, sameDType } from './op.js';

// biome-ignore lint/complexity/noBannedTypes: an operator without attributes.
export type GatherNdAttributes = {};

declare module '../graph/graph.js' {
  interface OpAttributes {
    GATHER_ND: GatherNdAttributes;
  }
}

export interface GatherNdParameters {
  readonly dtype: DType;
  readonly slices: number;
  /** Elements of a slice. */
  readonly inner: number;
  /** Elements that each coordinate moves on; at most 5 (MAX_INDICES_ND). */
  readonly strides: readonly number[];
  /** The last element with which a slice may begin. */
  readonly last: number;
}

const maxCoordinates = 5;

const supports = sameDType(...movedTypes);

/** Call only on an op whose `check` found nothing. */
export function gatherNdParameters(op: Op<'GATHER_ND'>, graph: Graph): GatherNdParameters {
  const [{ shape, dtype }, { shape: indices }] = [inputTensor(graph, op), inputTensor(graph, op, 1)];
  const coordinates = indices.at(-1)!;
  const inner = elementCount(shape.slice(coordinates));
  return {
    dtype,
    slices: elementCount(indices.slice(0, -1)),
    inner,
    strides: stridesOf(shape).slice(0, coordinates),
    last: elementCount(shape) - inner,
  };
}

function infer(op: Op<'GATHER_ND'>, graph: Graph): Shape {
  const [{ shape }, { shape: indices }] = [inputTensor(graph, op), inputTensor(graph, op, 1)];
  return [...indices.slice(0, -1), ...shape.slice(indices.at(-1)!)];
}

function check(op: Op<'GATHER_ND'>, graph: Graph): OpProblem[] {
  const missing = operandProblems(op, graph, { min: 2, max: 2 });
  if (missing.length > 0) return missing;
  const [{ shape }, indices] = [inputTensor(graph, op), inputTensor(graph, op, 1)];
  const problems = gatherDtypes(op as Op, graph);
  const coordinates = indices.shape.at(-1) ?? 0;
  if (coordinates < 1 || coordinates > Math.min(shape.length, maxCoordinates)) {
    return [...problems, shapeProblem(`finds slices of [${shape}] by ${coordinates} coordinates`)];
  }
  const beyond = integersOf(op, graph, 1)?.findIndex((n, i) => n < 0 || n >= shape[i % coordinates]!) ?? -1;
  if (beyond >= 0) {
    const at = beyond - (beyond % coordinates);
    const place = integersOf(op, graph, 1)!.slice(at, at + coordinates);
    problems.push(rangeProblem(`takes a slice at [${place}] of the shape [${shape}]`));
  }
  return problems;
}

export const gatherNd: OpDefinition<'GATHER_ND'> = {
  type: 'GATHER_ND',
  supports,
  check,
  infer: (op, graph) => [infer(op, graph)],
  macs: () => 0,
  simulate(op, graph, memory) {
    const { slices, inner, strides, last } = gatherNdParameters(op, graph);
    const [input, output] = [memory[op.inputs[0]!] as Int8Array, memory[op.outputs[0]!] as Int8Array];
    const indices = memory[op.inputs[1]!] as Int32Array;
    return () => {
      for (let slice = 0, n = 0, o = 0; slice < slices; slice++) {
        let begin = 0;
        for (let c = 0; c < strides.length; c++) begin = (begin + Math.imul(indices[n++]!, strides[c]!)) | 0;
        const first = clamp(begin, 0, last);
        for (let i = first; i < first + inner; i++) output[o++] = input[i]!;
      }
    };
  },
};
