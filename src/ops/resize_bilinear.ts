/**
 * RESIZE_BILINEAR: each value from the four around it. int8: places and weights are 10-bit fixed point, and the sum is
 * rounded with ties away from zero; float32: in TFLM's order. TFLM: kernels/resize_bilinear.cc,
 * reference/resize_bilinear.h.
 */
import { inputTensor } from '../graph/access.js';
import type { Graph, Op } from '../graph/graph.js';
import { exportAgain } from './checks.js';
import { type OpDefinition, type OpProblem, type Step, sameDType } from './op.js';
import {
  type ResizeAttributes,
  type ResizedImages,
  resizedImages,
  resizedShape,
  resizeProblems,
} from './resizing.js';

declare module '../graph/graph.js' {
  interface OpAttributes {
    RESIZE_BILINEAR: ResizeAttributes;
  }
}

/**
 * The two inputs that an output lies between, along one side: the lower one, and the weight of the next, in 1024ths for
 * int8. Where the weight is not above 0, or there is no next one, it is the lower one again.
 */
export interface Between {
  readonly low: Uint16Array;
  readonly weight: Int16Array | Float32Array;
}

export interface ResizeBilinearParameters extends ResizedImages {
  readonly dtype: 'int8' | 'float32';
  readonly rows: Between;
  readonly columns: Between;
}

const supports = sameDType('int8', 'float32');

/** ComputeInterpolationValuesInteger for every place along one side. */
function betweenInt8(
  from: number,
  to: number,
  { alignCorners, halfPixelCenters }: ResizeAttributes,
): Between {
  const [last, count] = alignCorners && to > 1 ? [from - 1, to - 1] : [from, to];
  const scale = Math.trunc((1024 * last + Math.trunc(count / 2)) / count);
  const places = Array.from({ length: to }, (_, i) => {
    return halfPixelCenters ? i * scale + Math.trunc(scale / 2) - 512 : i * scale;
  });
  const low = Uint16Array.from(places, (place) => Math.max(Math.trunc(place / 1024), 0));
  return { low, weight: Int16Array.from(places, (place, i) => place - 1024 * low[i]!) };
}

/** ComputeInterpolationValues for every place along one side. */
function betweenFloat32(
  from: number,
  to: number,
  { alignCorners, halfPixelCenters }: ResizeAttributes,
): Between {
  const [last, count] = alignCorners && to > 1 ? [from - 1, to - 1] : [from, to];
  const scale = Math.fround(last / count);
  const places = Float32Array.from({ length: to }, (_, i) => {
    return halfPixelCenters ? Math.fround(Math.fround(i + 0.5) * scale) - 0.5 : i * scale;
  });
  const low = Uint16Array.from(places, (place) => Math.max(Math.floor(place), 0));
  return { low, weight: places.map((place, i) => place - low[i]!) };
}

/** Call only on an op whose `check` found nothing. */
export function resizeBilinearParameters(op: Op<'RESIZE_BILINEAR'>, graph: Graph): ResizeBilinearParameters {
  const images = resizedImages(op, graph);
  const { input, output } = images;
  const dtype = inputTensor(graph, op).dtype as ResizeBilinearParameters['dtype'];
  const between = dtype === 'int8' ? betweenInt8 : betweenFloat32;
  return {
    dtype,
    ...images,
    rows: between(input.height, output.height, op.attributes),
    columns: between(input.width, output.width, op.attributes),
  };
}

function check(op: Op<'RESIZE_BILINEAR'>, graph: Graph): OpProblem[] {
  const problems = resizeProblems(op, graph, supports);
  if (op.attributes.alignCorners && op.attributes.halfPixelCenters) {
    const message = 'aligns corners and takes half-pixel centers; TFLM takes one of the two';
    problems.push({ code: 'op-attribute', message, hint: exportAgain });
  }
  if (problems.length > 0 || inputTensor(graph, op).dtype !== 'int8') return problems;
  const { rows, columns, input } = resizeBilinearParameters(op, graph);
  if (rows.low.at(-1)! < input.height && columns.low.at(-1)! < input.width) return problems;
  const message = 'resizes so far that its places, rounded to 1024ths of a pixel, leave the image';
  return [...problems, { code: 'op-range', message, hint: 'Resize in two steps.' }];
}

type Values = Int8Array | Float32Array;

/** @param blend of four values, by the weights of the lower row and the right column */
function simulate(
  p: ResizeBilinearParameters,
  input: Values,
  output: Values,
  blend: (a: number, b: number, c: number, d: number, wy: number, wx: number) => number,
): Step {
  const { channels, rows, columns } = p;
  const { height, width } = p.input;
  const next = ({ low, weight }: Between, i: number, size: number) =>
    weight[i]! > 0 && low[i]! < size - 1 ? low[i]! + 1 : low[i]!;
  return () => {
    for (let batch = 0, o = 0; batch < p.batch; batch++) {
      for (let y = 0; y < p.output.height; y++) {
        const upper = (batch * height + rows.low[y]!) * width;
        const lower = (batch * height + next(rows, y, height)) * width;
        for (let x = 0; x < p.output.width; x++) {
          const [left, right] = [columns.low[x]!, next(columns, x, width)];
          const [wy, wx] = [rows.weight[y]!, columns.weight[x]!];
          for (let c = 0; c < channels; c++) {
            output[o++] = blend(
              input[(upper + left) * channels + c]!,
              input[(lower + left) * channels + c]!,
              input[(upper + right) * channels + c]!,
              input[(lower + right) * channels + c]!,
              wy,
              wx,
            );
          }
        }
      }
    }
  };
}

function blendInt8(a: number, b: number, c: number, d: number, wy: number, wx: number): number {
  const sum = a * (1024 - wy) * (1024 - wx) + b * wy * (1024 - wx) + c * (1024 - wy) * wx + d * wy * wx;
  return Math.trunc((sum + (sum > 0 ? 0x80000 : -0x80000)) / 0x100000);
}

function blendFloat32(a: number, b: number, c: number, d: number, wy: number, wx: number): number {
  const f = Math.fround;
  const [vy, vx] = [f(1 - wy), f(1 - wx)];
  const upper = f(f(f(a * vy) * vx) + f(f(b * wy) * vx));
  // Adding 0 leaves no −0.
  return f(f(f(upper + f(f(c * vy) * wx)) + f(f(d * wy) * wx)) + 0);
}

export const resizeBilinear: OpDefinition<'RESIZE_BILINEAR'> = {
  type: 'RESIZE_BILINEAR',
  supports,
  check,
  infer: (op, graph) => [resizedShape(op, graph)],
  macs: () => 0,
  simulate(op, graph, memory) {
    const p = resizeBilinearParameters(op, graph);
    const [input, output] = [memory[op.inputs[0]!] as Values, memory[op.outputs[0]!] as Values];
    return simulate(p, input, output, p.dtype === 'int8' ? blendInt8 : blendFloat32);
  },
};
