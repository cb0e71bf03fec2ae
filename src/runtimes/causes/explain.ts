/** Finds out why an operator's result differs: which causes alone lead from the same inputs to the other runtime's values. */
import { outputTensor } from '../../graph/access.js';
import type { Graph, Op, TensorData } from '../../graph/graph.js';
import type { Memory } from '../../ops/op.js';
import { sameValues, withinFloat32Tolerance } from '../compare.js';
import type { CauseName, Variant } from './cause.js';
import { exactResult, isNearest, type Unrounded } from './exact_result.js';
import { quantizedToEven } from './quantize.js';
import { paddedWithZeroPoint, wrappedSum } from './tflite.js';
import { addedInIntegers, resizedIn2048ths, scaledIn256ths, scaledInFloat32 } from './xnnpack.js';

/** Whose integer arithmetic it is. */
export type Kernels = 'tflite' | 'onnx';

/** In the order of preference: these give every value, bit for bit. */
const variants: Readonly<Record<Kernels, readonly (readonly [CauseName, Variant])[]>> = {
  tflite: [
    ['rounds-once-float32', scaledInFloat32],
    ['rounds-once-integer', addedInIntegers],
    ['short-multiplier', scaledIn256ths],
    ['short-multiplier', resizedIn2048ths],
    ['halves-to-even', quantizedToEven],
    ['wraps', wrappedSum],
    ['pads-real-zero', paddedWithZeroPoint],
  ],
  onnx: [
    ['rounds-once-float32', scaledInFloat32],
    ['halves-to-even', quantizedToEven],
  ],
};

/**
 * @param memory inputs as both sides had them, and what the simulator made of them
 * @param theirs the only output
 * @param unrounded as exactResult takes it
 * @returns every cause that explains all of its values, the strongest first
 */
export function causesOf(
  op: Op,
  graph: Graph,
  memory: Memory,
  theirs: TensorData,
  unrounded: Unrounded,
  kernels: Kernels,
): CauseName[] {
  const ours = memory[op.outputs[0]!]!;
  if (outputTensor(graph, op).dtype === 'float32') {
    return withinFloat32Tolerance(ours as Float32Array, theirs as Float32Array) ? ['float32-order'] : [];
  }
  const found = variants[kernels].flatMap(([name, variant]) => {
    const values = variant(op, graph, memory);
    return values && sameValues(values, theirs) ? [name] : [];
  });
  if (!withinOneStep(ours, theirs)) return found;
  const exact = exactResult(op, graph, memory, unrounded);
  return exact && isNearest(exact, theirs) ? [...found, 'nearest'] : found;
}

function withinOneStep(ours: TensorData, theirs: TensorData): boolean {
  return (
    ours.length === theirs.length &&
    Array.from(ours, Number).every((v, i) => Math.abs(v - Number(theirs[i])) <= 1)
  );
}
