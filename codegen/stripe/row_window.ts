/** Which rows of its inputs an operator reads for each row of its output. */
import { isState, zeroPointOf } from '../../src/graph/access.js';
import type { AnyOp, Graph, Tensor } from '../../src/graph/graph.js';
import { computeEffectiveFilterSize } from '../../src/numerics/padding.js';
import { typeRange } from '../../src/ops/checks.js';
import { imageOf, windowPadding } from '../../src/ops/convolution.js';
import { pointwise } from '../../src/passes/pointwise.js';

/** Output row y reads the rows from y · stride − top on, `size` of them. */
export interface RowWindow {
  readonly size: number;
  readonly stride: number;
  readonly top: number;
  /** What padding holds, as a byte, for the same result as leaving it out; absent where no byte does that. */
  readonly padding?: number;
}

/** More inputs than any operator here has but CONCATENATION. */
const mostInputs = 4;

/** Undefined for an operator that cannot be computed row by row. All tensors that it takes and gives but constants are images. */
export function rowWindow(op: AnyOp, graph: Graph): RowWindow | undefined {
  const values = valuesOf(op, graph);
  const images = [...values, ...op.outputs].map((t) => imageOf(graph.tensors[t]!));
  if (op.outputs.length !== 1 || values.length < 1 || values.length > mostInputs) return undefined;
  if (values.some((t) => isState(graph.tensors[t]!)) || images.some((image) => image?.batch !== 1))
    return undefined;
  const input = graph.tensors[values[0]!]!;
  switch (op.type) {
    case 'CONV_2D':
    case 'DEPTHWISE_CONV_2D': {
      const [, height = 0, width = 0] = graph.tensors[op.inputs[1]!]!.shape;
      // Zero times a weight is zero, unless that is infinite or no number.
      const weights = graph.tensors[op.inputs[1]!]!.data;
      if (weights instanceof Float32Array && !weights.every(Number.isFinite)) return undefined;
      return {
        size: computeEffectiveFilterSize(height, op.attributes.dilation.height),
        stride: op.attributes.stride.height,
        top: windowPadding(images[0]!, { height, width }, op.attributes).top,
        ...bytePadding(input.dtype === 'float32' ? 0 : zeroPointOf(input), input),
      };
    }
    case 'MAX_POOL_2D':
    case 'AVERAGE_POOL_2D': {
      const { filter, stride } = op.attributes;
      const window = { ...op.attributes, dilation: { height: 1, width: 1 } };
      const { top } = windowPadding(images[0]!, filter, window);
      const least = op.type === 'MAX_POOL_2D' && input.dtype === 'int8' ? typeRange('int8').min : undefined;
      return { size: filter.height, stride: stride.height, top, ...bytePadding(least, input) };
    }
    case 'CONCATENATION': {
      const joins = op.attributes.axis === -1 || op.attributes.axis === 3;
      return joins && values.length === op.inputs.length ? { size: 1, stride: 1, top: 0 } : undefined;
    }
    default:
      return pointwise.has(op.type) && keepsRows(op, graph) ? { size: 1, stride: 1, top: 0 } : undefined;
  }
}

/** Tensors that an op reads and that are no constants. */
export function valuesOf(op: AnyOp, graph: Graph): number[] {
  return op.inputs.filter((t) => t >= 0 && !graph.tensors[t]!.data);
}

/** Only a value whose bytes are all the same is filled in byte by byte. */
function bytePadding(value: number | undefined, { dtype }: Tensor): { readonly padding?: number } {
  return value !== undefined && (dtype === 'int8' || value === 0) ? { padding: value & 255 } : {};
}

/** Every value is of the output's shape, and constants are the same in all rows. */
function keepsRows(op: AnyOp, graph: Graph): boolean {
  const shape = graph.tensors[op.outputs[0]!]!.shape.join();
  return op.inputs.every((t) => {
    const tensor = graph.tensors[t];
    if (!tensor?.data) return !tensor || tensor.shape.join() === shape;
    return (tensor.shape.at(-3) ?? 1) === 1;
  });
}
