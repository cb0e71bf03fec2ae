/**
 * Operator versions that depend on more than the first input's dtype, as TFLite's op_version.cc assigns them: an
 * interpreter that lacks a version refuses the model instead of computing it wrongly.
 */
import { inputTensor, optionalInput, outputTensor } from '../../graph/access.js';
import type { DType, Graph, Op } from '../../graph/graph.js';

function dtypes(op: Op, graph: Graph): { input: DType; weights: DType } {
  return { input: inputTensor(graph, op).dtype, weights: inputTensor(graph, op, 1).dtype };
}

export function convVersion(op: Op<'CONV_2D'>, graph: Graph): number {
  const { input, weights } = dtypes(op as Op, graph);
  if (op.attributes.quantizedBiasType) return 8;
  if (inputTensor(graph, op).shape[3] !== inputTensor(graph, op, 1).shape[3]) return 6;
  if (weights === 'int4') return 7;
  return { int8: 3, int16: 4 }[input as string] ?? 1;
}

export function depthwiseVersion(op: Op<'DEPTHWISE_CONV_2D'>, graph: Graph): number {
  const { input, weights } = dtypes(op as Op, graph);
  if (weights === 'int4') return 7;
  const dilated = op.attributes.dilation.height !== 1 || op.attributes.dilation.width !== 1;
  return { int8: 3, int16: 5 }[input as string] ?? (dilated ? 2 : 1);
}

export function fullyConnectedVersion(op: Op<'FULLY_CONNECTED'>, graph: Graph): number {
  const { input, weights } = dtypes(op as Op, graph);
  if (op.attributes.quantizedBiasType) return 11;
  if (weights === 'int4') return input === 'int16' ? 13 : 10;
  if (input === 'int16') return 7;
  if (!optionalInput(graph, op, 2)) return 6;
  if (op.attributes.keepNumDims) return 5;
  return input === 'int8' ? 4 : 1;
}

/** Version 3 allows input scales whose product reaches the output's scale. */
export function mulVersion(op: Op<'MUL'>, graph: Graph): number {
  const [a, b] = [inputTensor(graph, op, 0), inputTensor(graph, op, 1)];
  const output = outputTensor(graph, op);
  if (a.dtype === 'int64') return 5;
  if (a.dtype === 'int16') return a.quantization ? 4 : 7;
  const [sa, sb, so] = [a, b, output].map((t) => t.quantization?.scale[0] ?? 0) as [number, number, number];
  if (sa * sb * so !== 0 && (sa * sb) / so >= 1) return 3;
  return a.dtype === 'int8' ? 2 : 1;
}

export function padVersion(op: Op<'PAD'> | Op<'PADV2'>, graph: Graph): number {
  const { shape, dtype } = inputTensor(graph, op as Op);
  return shape.length > 4 ? 4 : ({ int8: 2, int16: 3 }[dtype as string] ?? 1);
}

export function quantizeVersion(op: Op<'QUANTIZE'>, graph: Graph): number {
  return outputTensor(graph, op).dtype === 'int16' ? 2 : 1;
}

/** Version 3 broadcasts more than four dimensions, version 5 takes any scales of int16. */
export function subVersion(op: Op<'SUB'>, graph: Graph): number {
  const [a, b] = [inputTensor(graph, op, 0), inputTensor(graph, op, 1)];
  if (a.dtype === 'int16') return 5;
  if (a.dtype === 'int64') return 4;
  const rank = Math.max(a.shape.length, b.shape.length);
  if (rank > 4 && a.shape.join() !== b.shape.join()) return 3;
  return a.dtype === 'int8' ? 2 : 1;
}

function broadcastsMany(op: Op, graph: Graph): boolean {
  const [a, b] = [inputTensor(graph, op).shape, inputTensor(graph, op, 1).shape];
  return Math.max(a.length, b.length) > 4 && a.join() !== b.join();
}

export function divVersion(op: Op<'DIV'>, graph: Graph): number {
  return broadcastsMany(op as Op, graph) ? 2 : 1;
}

export function extremumVersion(op: Op<'MAXIMUM'> | Op<'MINIMUM'>, graph: Graph): number {
  const { dtype } = inputTensor(graph, op as Op);
  if (dtype === 'int16') return 4;
  if (broadcastsMany(op as Op, graph)) return 3;
  return dtype === 'int8' ? 2 : 1;
}

/** Version 3 has half-pixel centers, and for nearest neighbors aligned corners. */
export function resizeVersion(
  op: Op<'RESIZE_BILINEAR'> | Op<'RESIZE_NEAREST_NEIGHBOR'>,
  graph: Graph,
): number {
  const { dtype } = inputTensor(graph, op as Op);
  const { alignCorners, halfPixelCenters } = op.attributes;
  if (dtype === 'int16') return 4;
  if (halfPixelCenters || (alignCorners && op.type === 'RESIZE_NEAREST_NEIGHBOR')) return 3;
  return dtype === 'int8' ? 2 : 1;
}

/** Version 3 has a bias, version 4 a fused activation. */
export function transposeConvVersion(op: Op<'TRANSPOSE_CONV'>, graph: Graph): number {
  if (op.attributes.activation !== 'NONE') return 4;
  if (optionalInput(graph, op, 3)) return 3;
  return inputTensor(graph, op, 1).dtype === 'int8' ? 2 : 1;
}

export function transposeVersion(op: Op<'TRANSPOSE'>, graph: Graph): number {
  const { shape, dtype } = inputTensor(graph, op);
  if (shape.length > 6) return 8;
  if (shape.length > 5) return 6;
  if (dtype === 'int16') return 5;
  return shape.length > 4 ? 4 : ({ int8: 2, bool: 3 }[dtype as string] ?? 1);
}

export function splitVersion(op: Op<'SPLIT'>, graph: Graph): number {
  return { int8: 2, int32: 3, int16: 4 }[inputTensor(graph, op, 1).dtype as string] ?? 1;
}

/** Version 2 has int64 numbers. */
export function dynamicUpdateSliceVersion(op: Op<'DYNAMIC_UPDATE_SLICE'>, graph: Graph): number {
  return inputTensor(graph, op, 2).dtype === 'int64' ? 2 : 1;
}

export function sliceVersion(op: Op<'SLICE'>, graph: Graph): number {
  const { shape, dtype } = inputTensor(graph, op);
  return shape.length > 4 ? 5 : ({ int8: 2, int16: 4 }[dtype as string] ?? 1);
}

export function stridedSliceVersion(op: Op<'STRIDED_SLICE'>, graph: Graph): number {
  const { shape, dtype } = inputTensor(graph, op);
  const { offset, ellipsisMask, newAxisMask } = op.attributes;
  if (offset) return 8;
  if (ellipsisMask !== 0 || newAxisMask !== 0) return 6;
  return shape.length > 4 ? 4 : ({ int8: 2, bool: 3 }[dtype as string] ?? 1);
}

export function gatherVersion(op: Op<'GATHER'>, graph: Graph): number {
  if (op.attributes.batchDims !== 0) return 5;
  return { int8: 2, bool: 3, int16: 4 }[inputTensor(graph, op).dtype as string] ?? 1;
}

export function batchSpaceVersion(
  op: Op<'SPACE_TO_BATCH_ND'> | Op<'BATCH_TO_SPACE_ND'>,
  graph: Graph,
): number {
  const { shape, dtype } = inputTensor(graph, op as Op);
  if (dtype === 'int16') return 4;
  return shape.length !== 4 ? 3 : dtype === 'int8' ? 2 : 1;
}

/** Version 1 had another operator code and is gone. */
export function broadcastToVersion(op: Op<'BROADCAST_TO'>, graph: Graph): number {
  return { int8: 3, int16: 3 }[inputTensor(graph, op).dtype as string] ?? 2;
}

export function fillVersion(op: Op<'FILL'>, graph: Graph): number {
  return { bool: 2, int8: 3, int16: 3 }[inputTensor(graph, op, 1).dtype as string] ?? 1;
}

export function castVersion(op: Op<'CAST'>, graph: Graph): number {
  return [inputTensor(graph, op), outputTensor(graph, op)].some((t) => t.dtype === 'int8') ? 3 : 1;
}
