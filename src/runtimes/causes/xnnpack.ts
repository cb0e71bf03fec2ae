/** What XNNPACK's int8 kernels compute, as its parameters and tests describe them (src/microparams-init.c). */
import { inputTensor, outputTensor, scaleOf, zeroPointOf } from '../../graph/access.js';
import type { Graph, Op, TensorData } from '../../graph/graph.js';
import {
  calculateActivationRange,
  type FusedActivation,
  type Range,
} from '../../numerics/activation_range.js';
import { frexp } from '../../numerics/quantize_multiplier.js';
import { clamp, roundToEven } from '../../numerics/rounding.js';
import { additionParameters } from '../../ops/addition.js';
import { broadcastRuns } from '../../ops/broadcast.js';
import { mulParameters } from '../../ops/mul.js';
import type { Memory } from '../../ops/op.js';
import { resizeBilinearParameters } from '../../ops/resize_bilinear.js';
import { accumulatorsOf } from './accumulators.js';

const f = Math.fround;

/** The clamp of a fused activation: its bounds are rounded to even as well. */
function clampOf(op: Op, graph: Graph): Range {
  const { activation } = op.attributes as { readonly activation: FusedActivation };
  const output = outputTensor(graph, op);
  const real = calculateActivationRange(activation);
  const bound = (x: number) => clamp(roundToEven(f(x / scaleOf(output))) + zeroPointOf(output), -128, 127);
  return { min: bound(real.min), max: bound(real.max) };
}

/** CONV_2D, DEPTHWISE_CONV_2D, FULLY_CONNECTED and MUL: the int32 becomes a float32, is scaled and rounded to an integer. */
export function scaledInFloat32(op: Op, graph: Graph, memory: Memory): TensorData | undefined {
  if (outputTensor(graph, op).dtype !== 'int8') return undefined;
  if (op.type === 'MUL') return productInFloat32(op as Op<'MUL'>, graph, memory);
  const layer = accumulatorsOf(op, graph, memory);
  if (!layer) return undefined;
  const { sums, channels, inputScale, weightScales, outputScale, outputZeroPoint: zero } = layer;
  const range = clampOf(op, graph);
  const scales = weightScales.map((weightScale) => f(f(inputScale * weightScale) / outputScale));
  return Int8Array.from(sums, (sum, i) =>
    clamp(
      roundToEven(f(f(sum) * scales[scales.length > 1 ? i % channels : 0]!)) + zero,
      range.min,
      range.max,
    ),
  );
}

function productInFloat32(op: Op<'MUL'>, graph: Graph, memory: Memory): TensorData {
  const { loops, quantized } = mulParameters(op, graph);
  const { min, max } = clampOf(op as Op, graph);
  const { offsetA, offsetB, offset } = quantized!;
  const [a, b] = [inputTensor(graph, op, 0), inputTensor(graph, op, 1)];
  const scale = f(f(scaleOf(a) * scaleOf(b)) / scaleOf(outputTensor(graph, op)));
  return overPairs(op as Op, loops, memory, (x, y) =>
    clamp(roundToEven(f((x + offsetA) * (y + offsetB) * scale)) + offset, min, max),
  );
}

/** ADD and SUB: both terms by multipliers of 21 bits, one rounding shift of the sum. */
export function addedInIntegers(op: Op, graph: Graph, memory: Memory): TensorData | undefined {
  if ((op.type !== 'ADD' && op.type !== 'SUB') || outputTensor(graph, op).dtype !== 'int8') return undefined;
  const { loops, quantized } = additionParameters(op as Op<'ADD'>, graph);
  const { min, max } = clampOf(op, graph);
  const scale = scaleOf(outputTensor(graph, op));
  const [a, b] = [
    f(scaleOf(inputTensor(graph, op, 0)) / scale),
    f(scaleOf(inputTensor(graph, op, 1)) / scale),
  ];
  const shift = 21 - frexp(Math.max(a, b)).exponent;
  const [scaledA, scaledB] = [roundToEven(a * 2 ** shift), roundToEven(b * 2 ** shift)];
  const sign = op.type === 'SUB' ? -1 : 1;
  const { a: termA, b: termB, output } = quantized!;
  return overPairs(op, loops, memory, (x, y) => {
    const sum = scaledA * (x + termA.offset) + sign * scaledB * (y + termB.offset);
    return clamp(Math.floor(sum / 2 ** shift + 0.5) + output.offset, min, max);
  });
}

/** LEAKY_RELU, and QUANTIZE of int8: by a multiplier in 256ths, one rounding shift. */
export function scaledIn256ths(op: Op, graph: Graph, memory: Memory): TensorData | undefined {
  if (op.type !== 'LEAKY_RELU' && op.type !== 'QUANTIZE') return undefined;
  const [input, output] = [inputTensor(graph, op), outputTensor(graph, op)];
  if (input.dtype !== 'int8' || output.dtype !== 'int8') return undefined;
  const scale = f(scaleOf(input) / scaleOf(output));
  const alpha = op.type === 'LEAKY_RELU' ? f((op as Op<'LEAKY_RELU'>).attributes.alpha) : 1;
  const [positive, negative] = [roundToEven(256 * scale), roundToEven(256 * f(scale * alpha))];
  return Int8Array.from(memory[op.inputs[0]!] as Int8Array, (q) => {
    const x = q - zeroPointOf(input);
    return clamp(((x * (x < 0 ? negative : positive) + 128) >> 8) + zeroPointOf(output), -128, 127);
  });
}

/** RESIZE_BILINEAR of int8: weights in 2048ths, one rounding shift. */
export function resizedIn2048ths(op: Op, graph: Graph, memory: Memory): TensorData | undefined {
  if (op.type !== 'RESIZE_BILINEAR' || outputTensor(graph, op).dtype !== 'int8') return undefined;
  const resize = op as Op<'RESIZE_BILINEAR'>;
  const used = new Set([op.inputs[0], op.outputs[0]]);
  const tensors = graph.tensors.map((t, i) => (used.has(i) ? { ...t, dtype: 'float32' as const } : t));
  const { batch, channels, input, output, rows, columns } = resizeBilinearParameters(resize, {
    ...graph,
    tensors,
  });
  const image = memory[op.inputs[0]!] as Int8Array;
  const resized = new Int8Array(memory[op.outputs[0]!]!.length);
  const fixed = (weight: number) => Math.max(0, roundToEven(2048 * weight));
  let o = 0;
  for (let b = 0; b < batch; b++) {
    for (let y = 0; y < output.height; y++) {
      const [low, wy] = [rows.low[y]!, fixed(rows.weight[y]!)];
      const [upper, lower] = [low, Math.min(low + 1, input.height - 1)].map(
        (r) => (b * input.height + r) * input.width,
      );
      for (let x = 0; x < output.width; x++) {
        const [left, wx] = [columns.low[x]!, fixed(columns.weight[x]!)];
        const right = Math.min(left + 1, input.width - 1);
        for (let c = 0; c < channels; c++) {
          const at = (row: number, column: number) => image[(row + column) * channels + c]!;
          const blend = (row: number) => 2048 * at(row, left) + wx * (at(row, right) - at(row, left));
          const [top, bottom] = [blend(upper!), blend(lower!)];
          resized[o++] = Math.floor((2048 * top + wy * (bottom - top)) / 2 ** 22 + 0.5);
        }
      }
    }
  }
  return resized;
}

function overPairs(
  op: Op,
  loops: Parameters<typeof broadcastRuns>[0],
  memory: Memory,
  value: (a: number, b: number) => number,
): Int8Array {
  const [a, b] = [memory[op.inputs[0]!] as Int8Array, memory[op.inputs[1]!] as Int8Array];
  const output = new Int8Array(memory[op.outputs[0]!]!.length);
  const { run, a: startsA, b: startsB } = broadcastRuns(loops);
  for (let r = 0, o = 0; r < startsA.length; r++) {
    for (let i = 0; i < run.count; i++) {
      output[o++] = value(a[startsA[r]! + i * run.a]!, b[startsB[r]! + i * run.b]!);
    }
  }
  return output;
}
