/**
 * SELECT_V2: where the condition is true a value of x, elsewhere of y, as they stand; all three broadcast. TFLM:
 * kernels/select.cc, reference/select.h.
 */
import { inputTensor, outputTensor } from '../graph/access.js';
import type { Graph, Op, Shape } from '../graph/graph.js';
import { broadcastShape } from './broadcast.js';
import { dtypeProblems, exportAgain, operandProblems } from './checks.js';
import { type OpDefinition, type OpProblem, type Step, sameDType } from './op.js';

// biome-ignore lint/complexity/noBannedTypes: an operator without attributes.
export type SelectV2Attributes = {};

declare module '../graph/graph.js' {
  interface OpAttributes {
    SELECT_V2: SelectV2Attributes;
  }
}

/** A loop: its length, and how many elements condition, x and y move per iteration (0: the same one again). */
export interface SelectLoop {
  readonly count: number;
  readonly strides: readonly [condition: number, x: number, y: number];
}

export interface SelectV2Parameters {
  readonly dtype: 'int8' | 'int16' | 'int32' | 'float32';
  /** Outermost first; adjacent dimensions merged. Never empty. */
  readonly loops: readonly SelectLoop[];
}

const supports = sameDType('int8', 'int16', 'int32', 'float32');

function shapesOf(op: Op<'SELECT_V2'>, graph: Graph): readonly [Shape, Shape, Shape] {
  return [inputTensor(graph, op, 0).shape, inputTensor(graph, op, 1).shape, inputTensor(graph, op, 2).shape];
}

function commonShape([condition, x, y]: readonly [Shape, Shape, Shape]): Shape | undefined {
  const values = broadcastShape(x, y);
  return values && broadcastShape(condition, values);
}

/** Call only on an op whose `check` found nothing. */
export function selectV2Parameters(op: Op<'SELECT_V2'>, graph: Graph): SelectV2Parameters {
  const shapes = shapesOf(op, graph);
  const whole = commonShape(shapes)!;
  const loops: SelectLoop[] = [];
  const steps = [1, 1, 1];
  for (let axis = whole.length - 1; axis >= 0; axis--) {
    const count = whole[axis]!;
    const strides = shapes.map((shape, i) => {
      const dimension = shape[axis - whole.length + shape.length] ?? 1;
      const stride = dimension === 1 ? 0 : steps[i]!;
      steps[i]! *= dimension;
      return stride;
    }) as [number, number, number];
    const inner = loops[0];
    if (count === 1) continue;
    if (inner && strides.every((stride, i) => stride === inner.strides[i]! * inner.count)) {
      loops[0] = { ...inner, count: inner.count * count };
    } else loops.unshift({ count, strides });
  }
  const dtype = outputTensor(graph, op).dtype as SelectV2Parameters['dtype'];
  return { dtype, loops: loops.length > 0 ? loops : [{ count: 1, strides: [1, 1, 1] }] };
}

/** Where each run of the innermost loop begins in condition, x and y. */
function runStarts(loops: readonly SelectLoop[]): readonly Int32Array[] {
  return [0, 1, 2].map((i) =>
    loops.slice(0, -1).reduce(
      (outer, { count, strides }) =>
        Int32Array.from({ length: outer.length * count }, (_, n) => {
          return outer[Math.floor(n / count)]! + (n % count) * strides[i]!;
        }),
      Int32Array.of(0),
    ),
  );
}

type Values = Float32Array;

function simulate(
  { loops }: SelectV2Parameters,
  [condition, x, y]: readonly [Uint8Array, Values, Values],
  output: Values,
): Step {
  const [startC, startX, startY] = runStarts(loops) as [Int32Array, Int32Array, Int32Array];
  const { count, strides } = loops.at(-1)!;
  const [stepC, stepX, stepY] = strides;
  return () => {
    for (let r = 0, o = 0; r < startC.length; r++) {
      let [c, ix, iy] = [startC[r]!, startX[r]!, startY[r]!];
      for (let i = 0; i < count; i++, c += stepC, ix += stepX, iy += stepY) {
        output[o++] = condition[c] !== 0 ? x[ix]! : y[iy]!;
      }
    }
  };
}

export const selectV2: OpDefinition<'SELECT_V2'> = {
  type: 'SELECT_V2',
  supports,
  data: 1,
  check(op, graph) {
    const missing = operandProblems(op, graph, { min: 3, max: 3 });
    if (missing.length > 0) return missing;
    const [condition, output] = [inputTensor(graph, op), outputTensor(graph, op)];
    const values = [inputTensor(graph, op, 1), inputTensor(graph, op, 2)];
    const problems: OpProblem[] = dtypeProblems(supports, values, output);
    if (condition.dtype !== 'bool') {
      const message = `chooses by ${condition.dtype} values, not by bool`;
      problems.push({ code: 'op-dtypes', message, hint: exportAgain });
    }
    const shapes = shapesOf(op, graph);
    const common = commonShape(shapes);
    if (common) return problems;
    const message = `cannot broadcast ${shapes.map((shape) => `[${shape}]`).join(', ')} together`;
    return [...problems, { code: 'op-shape', message, hint: exportAgain }];
  },
  infer: (op, graph) => [commonShape(shapesOf(op, graph))!],
  macs: () => 0,
  simulate(op, graph, memory) {
    const [condition, x, y] = op.inputs.map((t) => memory[t]);
    return simulate(
      selectV2Parameters(op, graph),
      [condition as Uint8Array, x as Values, y as Values],
      memory[op.outputs[0]!] as Values,
    );
  },
};
