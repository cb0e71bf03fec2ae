/** PACK: tensors of one shape side by side along a new axis: a concatenation of their rows. TFLM: kernels/pack.cc. */
import { elementCount, inputTensor } from '../graph/access.js';
import type { Graph, Op, Shape } from '../graph/graph.js';
import { dtypeProblems, exportAgain, operandProblems } from './checks.js';
import { type ConcatenationParameters, concatenationStep } from './concatenation.js';
import { axisOf, rangeProblem, shapeProblem } from './constant_operand.js';
import { movedTypes } from './movement.js';
import { type OpDefinition, sameDType } from './op.js';

export interface PackAttributes {
  /** Number of inputs. */
  readonly valuesCount: number;
  /** Of the output; negative ones count from its last axis. */
  readonly axis: number;
}

declare module '../graph/graph.js' {
  interface OpAttributes {
    PACK: PackAttributes;
  }
}

const supports = sameDType(...movedTypes);

/** From 0. */
export function packAxis(op: Op<'PACK'>, graph: Graph): number | undefined {
  return axisOf(op.attributes.axis, inputTensor(graph, op).shape.length + 1);
}

/** Call only on an op whose `check` found nothing. */
export function packParameters(op: Op<'PACK'>, graph: Graph): ConcatenationParameters {
  const { shape, dtype } = inputTensor(graph, op);
  const axis = packAxis(op, graph)!;
  const part = elementCount(shape.slice(axis));
  return { dtype, rows: elementCount(shape.slice(0, axis)), parts: op.inputs.map(() => part) };
}

function infer(op: Op<'PACK'>, graph: Graph): Shape {
  const { shape } = inputTensor(graph, op);
  const axis = packAxis(op, graph)!;
  return [...shape.slice(0, axis), op.inputs.length, ...shape.slice(axis)];
}

export const pack: OpDefinition<'PACK'> = {
  type: 'PACK',
  supports,
  check(op, graph) {
    const count = Math.max(1, op.inputs.length);
    const problems = operandProblems(op, graph, { min: count, max: count });
    if (op.attributes.valuesCount !== op.inputs.length) {
      const message = `packs ${op.attributes.valuesCount} inputs, has ${op.inputs.length}`;
      problems.push({ code: 'op-inputs', message, hint: exportAgain });
    }
    if (problems.length > 0) return problems;
    const inputs = op.inputs.map((_, i) => inputTensor(graph, op, i));
    problems.push(...dtypeProblems(supports, inputs, graph.tensors[op.outputs[0]!]!));
    const [{ shape }] = inputs as [(typeof inputs)[0]];
    if (inputs.some((t) => t.shape.join() !== shape.join())) {
      problems.push(shapeProblem(`packs unequal shapes: ${inputs.map((t) => `[${t.shape}]`).join(', ')}`));
    }
    if (packAxis(op, graph) === undefined) {
      problems.push(rangeProblem(`cannot put axis ${op.attributes.axis} into the shape [${shape}]`));
    }
    return problems;
  },
  infer: (op, graph) => [infer(op, graph)],
  macs: () => 0,
  simulate: (op, graph, memory) => concatenationStep(packParameters(op, graph), op as Op, memory),
};
