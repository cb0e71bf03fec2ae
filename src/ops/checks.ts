/** Checks that operators without weights share: operands, dtypes, per-tensor quantization. */
import { isState, optionalInput } from '../graph/access.js';
import type { DType, Graph, Op, OpType, Shape, Tensor } from '../graph/graph.js';
import {
  calculateActivationRangeQuantized,
  type FusedActivation,
  fusedActivations,
  type Range,
} from '../numerics/activation_range.js';
import type { DTypeCombination, OpProblem } from './op.js';

export const exportAgain = 'The file is damaged, or its writer is at fault: export the model again.';
export const quantizeAgain =
  'Export the model again with TFLite full-integer quantization, or quantize it with `crimp quantize`.';

const ranges: Partial<Record<DType, Range>> = {
  int8: { min: -128, max: 127 },
  uint8: { min: 0, max: 255 },
  int16: { min: -32768, max: 32767 },
  int32: { min: -0x80000000, max: 0x7fffffff },
};

/** The values of an integer type. */
export function typeRange(dtype: DType): Range {
  const range = ranges[dtype];
  if (!range) throw new Error(`${dtype} has no integer range`);
  return range;
}

/** How many operands there are, and that the first `min` and all outputs (1 unless given) exist. */
export function operandProblems<T extends OpType>(
  op: Op<T>,
  graph: Graph,
  counts: { readonly min: number; readonly max: number; readonly outputs?: number },
): OpProblem[] {
  const problems: OpProblem[] = [];
  const problem = (code: string, message: string) => problems.push({ code, message, hint: exportAgain });
  const { min, max, outputs = 1 } = counts;
  if (op.inputs.length < min || op.inputs.length > max) {
    problem('op-inputs', `takes ${min === max ? min : `${min} to ${max}`} inputs, has ${op.inputs.length}`);
  }
  for (let i = 0; i < Math.min(min, op.inputs.length); i++) {
    if (!optionalInput(graph, op, i)) problem('op-inputs', `lacks its input ${i}`);
  }
  if (op.outputs.length !== outputs || !op.outputs.every((t) => graph.tensors[t])) {
    problem('op-outputs', `gives ${outputs} output${outputs === 1 ? '' : 's'}, has ${op.outputs.length}`);
  }
  return problems;
}

export function dtypeProblems(
  supports: readonly DTypeCombination[],
  inputs: readonly Tensor[],
  output: Tensor,
): OpProblem[] {
  const known = supports.some((c) => inputs.every((t) => t.dtype === c.input) && output.dtype === c.output);
  if (known) return [];
  const from = [...new Set(inputs.map((t) => t.dtype))].join(' and ');
  return [{ code: 'op-dtypes', message: `cannot compute ${output.dtype} from ${from}`, hint: quantizeAgain }];
}

/** One positive finite scale, and a zero point within the type. */
export function quantizationProblems(what: string, tensor: Tensor): OpProblem[] {
  const reason = quantizationReason(tensor);
  if (!reason) return [];
  return [{ code: 'quantization', message: `its ${what} "${tensor.name}" ${reason}`, hint: quantizeAgain }];
}

function quantizationReason({ quantization: q, dtype }: Tensor): string | undefined {
  const [scale, zeroPoint] = [q?.scale[0], q?.zeroPoint[0]];
  if (!q || scale === undefined || zeroPoint === undefined) return 'has no scale and zero point';
  if (q.scale.length > 1) return `has ${q.scale.length} scales; activations are quantized per tensor`;
  if (!(scale > 0 && Number.isFinite(scale))) return `has the scale ${scale}`;
  const { min, max } = typeRange(dtype);
  return zeroPoint < min || zeroPoint > max ? `has the zero point ${zeroPoint}, outside ${dtype}` : undefined;
}

/** What the op writes to be read at the next inference. */
export function stateProblems(what: string, tensor: Tensor): OpProblem[] {
  if (isState(tensor)) return [];
  const message = `its ${what} "${tensor.name}" is not a variable, which keeps its value between inferences`;
  return [{ code: 'op-state', message, hint: exportAgain }];
}

/** Zero points that the kernel takes to be 0. */
export function zeroPointProblems(what: string, tensor: Tensor): OpProblem[] {
  const zeroPoint = tensor.quantization?.zeroPoint[0];
  if (zeroPoint === 0) return [];
  const message = `its ${tensor.dtype} ${what} "${tensor.name}" has zero point ${zeroPoint}, not 0`;
  return [{ code: 'quantization', message, hint: quantizeAgain }];
}

/** The fused activation is one of TFLite's and leaves some value of a quantized output. */
export function activationProblems(activation: FusedActivation, output: Tensor): OpProblem[] {
  if (!fusedActivations.includes(activation)) {
    const message = `has the unknown fused activation ${activation}`;
    return [{ code: 'op-attribute', message, hint: 'Use a separate layer.' }];
  }
  if (!output.quantization || output.dtype === 'float32' || output.dtype === 'int32') return [];
  const [scale, zeroPoint] = [output.quantization.scale[0]!, output.quantization.zeroPoint[0]!];
  // kernel_util.cc, Quantize: the bound, in float32, has to fit 32 bits.
  const bound = activation === 'RELU6' ? 6 : activation === 'RELU_N1_TO_1' ? 1 : 0;
  if (Math.fround(bound / scale) > 2 ** 31) {
    const message = `its output scale ${scale} is too small for ${activation}`;
    return [{ code: 'quantization', message, hint: quantizeAgain }];
  }
  const { min, max } = calculateActivationRangeQuantized(
    activation,
    scale,
    zeroPoint,
    typeRange(output.dtype),
  );
  if (min <= max) return [];
  const message = `its output cannot hold any value that ${activation} lets through`;
  return [{ code: 'quantization', message, hint: quantizeAgain }];
}

/** A multiplier that shifts an int32 by more than it has bits is not defined. */
export function multiplierProblems(real: number, shift: number): OpProblem[] {
  if (Number.isFinite(real) && shift <= 30) return [];
  return [{ code: 'quantization', message: `scales by ${real}, beyond 2^30`, hint: quantizeAgain }];
}

export function shapeProblems(expected: Shape, output: Tensor): OpProblem[] {
  if (expected.length === output.shape.length && expected.every((d, i) => d === output.shape[i])) return [];
  const message = `gives the shape [${expected}], but its output is [${output.shape}]`;
  return [{ code: 'op-shape', message, hint: exportAgain }];
}
