/**
 * Random layers of the shapes that people put on microcontrollers, for the cost model to learn from; networks of the
 * benchmark are none of them. The same on every machine.
 */
import fc from 'fast-check';
import { elementCount } from '../../src/graph/access.js';
import { type GraphBuilder, graphBuilder, perChannel, perTensor } from '../../src/graph/build.js';
import type { Graph, OpAttributes, Quantization, Shape } from '../../src/graph/graph.js';
import type { FusedActivation } from '../../src/numerics/activation_range.js';
import { computeOutSize } from '../../src/numerics/padding.js';
import { elementwiseGraph } from '../../test/property/arbitraries/elementwise.js';
import { lstmGraph } from '../../test/property/arbitraries/lstm.js';
import { movementGraph } from '../../test/property/arbitraries/movement.js';
import { argExtremumGraph, padGraph } from '../../test/property/arbitraries/reduce.js';
import { resizeGraph } from '../../test/property/arbitraries/resize.js';
import { svdfGraph } from '../../test/property/arbitraries/svdf.js';
import { transposeConvGraph } from '../../test/property/arbitraries/transpose_conv.js';
import { type Random, random } from '../../test/property/random.js';
import type { Specimen } from './bundle.js';

/** What a layer may take, so that measuring takes minutes and fits every board. */
const most = { tensor: 30_000, weights: 24_000, macs: { int8: 150_000, int16: 40_000, float32: 20_000 } };

type DType = keyof typeof most.macs;

const image = { height: [1, 48], width: [1, 48], channels: [1, 192] } as const;
const filters = [
  ...[1, 1, 1, 3, 3, 3, 5].map((side) => [side, side] as const),
  ...([[1, 3] as const, [3, 1] as const, [4, 10] as const] as const),
];

/** log-uniform */
function spread(rng: Random, [low, high]: readonly [number, number]): number {
  return Math.floor(Math.exp(Math.log(low) + rng.next() * Math.log((high + 1) / low)));
}

const pick = <T>(rng: Random, list: readonly T[]): T => list[rng.int(0, list.length - 1)]!;

/** Normal, by Box and Muller. */
const normal = (rng: Random) => Math.sqrt(-2 * Math.log(1 - rng.next())) * Math.cos(2 * Math.PI * rng.next());

/** int8 weights: bells of some width as training leaves them, flat ones, and pruned ones. */
function weightsOf(rng: Random, count: number, dtype: DType): Int8Array | Float32Array {
  if (dtype === 'float32') return Float32Array.from({ length: count }, () => normal(rng));
  const width = pick(rng, [18 + 20 * rng.next(), 35 + 35 * rng.next(), 35 + 35 * rng.next(), 100]);
  const zeros = pick(rng, [0, 0, 0, 0, 0, 0.5, 0.9]);
  return Int8Array.from({ length: count }, () => {
    const value = Math.round(normal(rng) * width);
    if (rng.next() < zeros) return 0;
    return Math.abs(value) <= 127 ? value : rng.int(-127, 127);
  });
}

const activationScale = 1 / 32;

function quantizationOf(dtype: DType, rng: Random): Quantization | undefined {
  if (dtype === 'float32') return undefined;
  return dtype === 'int16'
    ? perTensor(1 / 4096, 0)
    : perTensor(activationScale * (0.6 + 0.8 * rng.next()), rng.int(-128, 20));
}

function input(b: GraphBuilder, dtype: DType, shape: Shape, rng: Random, name = 'x'): number {
  return b.input(name, { dtype, shape, quantization: quantizationOf(dtype, rng) });
}

/** Weights, a bias, and the output's quantization in which sums spread over the whole range. */
function weighted(
  b: GraphBuilder,
  dtype: DType,
  { shape, axis, taps, scales = shape[axis]! }: { shape: Shape; axis: number; taps: number; scales?: number },
  activation: FusedActivation,
  rng: Random,
) {
  const channels = shape[axis]!;
  const data = weightsOf(rng, elementCount(shape), dtype);
  // As training leaves them: with ReLU everything below 0 is clamped.
  const zero = activation === 'NONE' ? rng.int(-60, 60) : -128;
  if (dtype === 'float32') {
    const weights = b.constant('w', { dtype, shape, data });
    const bias = b.constant('b', { dtype, shape: [channels], data: new Float32Array(channels) });
    return { operands: [weights, bias], quantization: undefined };
  }
  const scale = Float32Array.from({ length: scales }, () => 0.002 + 0.004 * rng.next());
  const weights = b.constant('w', { dtype: 'int8', shape, data, quantization: perChannel(scale, axis) });
  const power = Array.from(data).reduce((n, w) => n + w * w, 0) / data.length;
  const ofInput = dtype === 'int16' ? 2 ** 14 / 4096 : 74 * activationScale;
  const deviation = Math.sqrt(taps * Math.max(power, 1)) * 0.004 * ofInput;
  const biasScale = scale.map((s) => s * (dtype === 'int16' ? 1 / 4096 : activationScale));
  const bias =
    dtype === 'int16'
      ? ({ dtype: 'int64', data: new BigInt64Array(channels) } as const)
      : ({
          dtype: 'int32',
          data: Int32Array.from({ length: channels }, () => rng.int(-2000, 2000)),
        } as const);
  const biases = b.constant('b', { ...bias, shape: [channels], quantization: perChannel(biasScale, 0) });
  const range =
    dtype === 'int16'
      ? perTensor(deviation / 2 ** 13, 0)
      : perTensor(deviation / (zero === -128 ? 80 : 40), zero);
  return { operands: [weights, biases], quantization: range };
}

const activations: readonly FusedActivation[] = ['NONE', 'RELU', 'RELU'];

/** What is drawn from where a layer is to be of one kind. */
interface Form {
  readonly channels: readonly [number, number];
  readonly filters: readonly (readonly [number, number])[];
}

/** A window over an image; undefined where it would take too much. @param form behind it stands a ReLU */
function windowLayer(
  dtype: DType,
  kind: 'CONV_2D' | 'DEPTHWISE_CONV_2D',
  rng: Random,
  form?: Form,
): Graph | undefined {
  const side = spread(rng, image.height);
  const [height, width] = rng.next() < 0.7 ? [side, side] : [side, spread(rng, image.width)];
  const channels = form
    ? spread(rng, form.channels)
    : rng.next() < 0.15
      ? pick(rng, [1, 3])
      : spread(rng, image.channels);
  const [rows, columns] = pick(rng, form?.filters ?? (kind === 'CONV_2D' ? filters : filters.slice(3)));
  const stride = rows === 1 && rng.next() < 0.7 ? 1 : pick(rng, [1, 1, 2]);
  const padding = pick(rng, ['SAME', 'SAME', 'VALID'] as const);
  if (height < rows || width < columns) return undefined;
  const depthMultiplier = rng.next() < 0.9 ? 1 : pick(rng, [2, 4, 8]);
  const outputs = kind === 'CONV_2D' ? spread(rng, [1, 192]) : channels * depthMultiplier;
  const [oh, ow] = [
    computeOutSize(padding, height, rows, stride),
    computeOutSize(padding, width, columns, stride),
  ];
  const taps = rows * columns * (kind === 'CONV_2D' ? channels : 1);
  const bytes = dtype === 'int8' ? 1 : dtype === 'int16' ? 2 : 4;
  const tensor = bytes * Math.max(height * width * channels, oh * ow * outputs);
  const macs = oh * ow * outputs * taps;
  if (tensor > most.tensor || taps * outputs * bytes > most.weights || macs > most.macs[dtype])
    return undefined;
  if (macs < 500) return undefined;
  const b = graphBuilder(kind.toLowerCase());
  const x = input(b, dtype, [1, height, width, channels], rng);
  const activation = form ? 'RELU' : pick(rng, activations);
  const [shape, axis] =
    kind === 'CONV_2D' ? [[outputs, rows, columns, channels], 0] : [[1, rows, columns, outputs], 3];
  const { operands, quantization } = weighted(b, dtype, { shape, axis, taps }, activation, rng);
  const attributes = {
    padding,
    stride: { height: stride, width: stride },
    dilation: { height: 1, width: 1 },
    activation,
    ...(kind === 'DEPTHWISE_CONV_2D' && { depthMultiplier }),
  } as OpAttributes['DEPTHWISE_CONV_2D'];
  const y = b.op(kind, 'y', [x, ...operands], attributes, {
    dtype,
    shape: [1, oh, ow, outputs],
    quantization,
  });
  return b.build(y);
}

function denseLayer(dtype: DType, rng: Random): Graph | undefined {
  const [inputs, outputs] = [spread(rng, [4, 1024]), spread(rng, [1, 256])];
  const rounded = rng.next() < 0.6 ? Math.ceil(inputs / 4) * 4 : inputs;
  const bytes = dtype === 'float32' ? 4 : 1;
  if (rounded * outputs * bytes > most.weights || rounded * outputs < 64) return undefined;
  const b = graphBuilder('fully_connected');
  const x = input(b, dtype, [1, rounded], rng);
  const activation = pick(rng, activations);
  const form = { shape: [outputs, rounded], axis: 0, taps: rounded };
  const scales = rng.next() < 0.5 ? 1 : outputs;
  const { operands, quantization } = weighted(b, dtype, { ...form, scales }, activation, rng);
  const y = b.op(
    'FULLY_CONNECTED',
    'y',
    [x, ...operands],
    { activation, keepNumDims: false, weightsFormat: 'DEFAULT' },
    { dtype, shape: [1, outputs], quantization },
  );
  return b.build(y);
}

function poolLayer(dtype: DType, type: 'AVERAGE_POOL_2D' | 'MAX_POOL_2D', rng: Random): Graph | undefined {
  const [height, width] = [spread(rng, [2, 40]), spread(rng, [2, 40])];
  const channels = spread(rng, [1, 256]);
  const whole = rng.next() < 0.4;
  const filter = whole
    ? { height, width }
    : { height: rng.int(2, Math.min(3, height)), width: rng.int(2, Math.min(3, width)) };
  if (height * width * channels > most.tensor / 4) return undefined;
  const padding = pick(rng, ['SAME', 'VALID'] as const);
  const stride = whole || rng.next() < 0.7 ? filter : { height: 1, width: 1 };
  const b = graphBuilder('pool');
  const x = input(b, dtype, [1, height, width, channels], rng);
  const shape = [
    1,
    computeOutSize(padding, height, filter.height, stride.height),
    computeOutSize(padding, width, filter.width, stride.width),
    channels,
  ];
  const { quantization } = b.tensor(x);
  const attributes = { padding, stride, filter, activation: 'NONE' } as const;
  return b.build(b.op(type, 'y', [x], attributes, { dtype, shape, quantization }));
}

function binaryLayer(dtype: DType, type: 'ADD' | 'SUB' | 'MUL', rng: Random): Graph {
  const channels = spread(rng, [1, 128]);
  const shape = [1, spread(rng, [1, 12]), spread(rng, [1, 12]), channels];
  const b = graphBuilder(type.toLowerCase());
  const x = input(b, dtype, shape, rng, 'x0');
  const y = input(b, dtype, rng.next() < 0.6 ? shape : [channels], rng, 'x1');
  const scale = activationScale * (1 + rng.next());
  const quantization = { int8: perTensor(scale, -8), int16: perTensor(1 / 2048, 0), float32: undefined }[
    dtype
  ];
  const attributes = { activation: pick(rng, activations), potScaleInt16: false } as OpAttributes['ADD'];
  return b.build(b.op(type, 'y', [x, y], attributes, { dtype, shape, quantization }));
}

function softmaxLayer(dtype: DType, rng: Random): Graph {
  const shape = [spread(rng, [1, 16]), spread(rng, [2, 100])];
  const b = graphBuilder('softmax');
  const x = input(b, dtype, shape, rng);
  const quantization = { int8: perTensor(1 / 256, -128), int16: perTensor(1 / 32768, 0), float32: undefined }[
    dtype
  ];
  return b.build(b.op('SOFTMAX', 'y', [x], { beta: 1 }, { dtype, shape, quantization }));
}

function meanLayer(dtype: DType, rng: Random): Graph {
  const channels = spread(rng, [1, 128]);
  const shape = [1, spread(rng, [1, 8]), spread(rng, [1, 8]), channels];
  const b = graphBuilder('mean');
  const x = input(b, dtype, shape, rng);
  const axes = b.constant('axes', { dtype: 'int32', shape: [2], data: Int32Array.of(1, 2) });
  const { quantization } = b.tensor(x);
  return b.build(
    b.op('MEAN', 'y', [x, axes], { keepDims: false }, { dtype, shape: [1, channels], quantization }),
  );
}

/** int8 through a table. */
function tableLayer(rng: Random): Graph {
  const shape = [1, spread(rng, [1, 4000])];
  const b = graphBuilder('logistic');
  const x = input(b, 'int8', shape, rng);
  const quantization = perTensor(1 / 256, -128);
  return b.build(b.op('LOGISTIC', 'y', [x], {}, { dtype: 'int8', shape, quantization }));
}

function quantizeLayer(type: 'QUANTIZE' | 'DEQUANTIZE', rng: Random): Graph {
  const shape = [1, spread(rng, [1, 2000])];
  const [from, to] = type === 'QUANTIZE' ? (['float32', 'int8'] as const) : (['int8', 'float32'] as const);
  const b = graphBuilder(type.toLowerCase());
  const x = input(b, from, shape, rng);
  return b.build(b.op(type, 'y', [x], {}, { dtype: to, shape, quantization: quantizationOf(to, rng) }));
}

/** How many of each layer. */
const recipe: readonly (readonly [number, (rng: Random) => Graph | undefined])[] = [
  [64, (rng) => windowLayer('int8', 'CONV_2D', rng)],
  [48, (rng) => windowLayer('int8', 'DEPTHWISE_CONV_2D', rng)],
  [36, (rng) => denseLayer('int8', rng)],
  ...(['int16', 'float32'] as const).flatMap(
    (dtype) =>
      [
        [10, (rng: Random) => windowLayer(dtype, 'CONV_2D', rng)],
        [8, (rng: Random) => windowLayer(dtype, 'DEPTHWISE_CONV_2D', rng)],
        [8, (rng: Random) => denseLayer(dtype, rng)],
      ] as const,
  ),
  ...(['int8', 'int16', 'float32'] as const).flatMap(
    (dtype) =>
      [
        [dtype === 'int8' ? 12 : 5, (rng: Random) => poolLayer(dtype, 'AVERAGE_POOL_2D', rng)],
        [dtype === 'int8' ? 12 : 5, (rng: Random) => poolLayer(dtype, 'MAX_POOL_2D', rng)],
        [dtype === 'int8' ? 30 : 4, (rng: Random) => binaryLayer(dtype, 'ADD', rng)],
        [3, (rng: Random) => binaryLayer(dtype, 'SUB', rng)],
        [4, (rng: Random) => binaryLayer(dtype, 'MUL', rng)],
        [5, (rng: Random) => softmaxLayer(dtype, rng)],
        [5, (rng: Random) => meanLayer(dtype, rng)],
      ] as const,
  ),
  [8, tableLayer],
  [5, (rng) => quantizeLayer('QUANTIZE', rng)],
  [5, (rng) => quantizeLayer('DEQUANTIZE', rng)],
];

/** Rectified, as most layers of networks for images and sounds are: their kernels have ways of their own for them. */
const rectified: readonly (readonly [number, (rng: Random) => Graph | undefined])[] = (
  [
    [
      40,
      'CONV_2D',
      {
        channels: [1, 4],
        filters: [
          [3, 3],
          [3, 3],
          [5, 5],
          [10, 4],
          [10, 8],
        ],
      },
    ],
    [
      16,
      'CONV_2D',
      {
        channels: [4, 24],
        filters: [
          [1, 1],
          [1, 1],
          [3, 3],
        ],
      },
    ],
    [
      40,
      'CONV_2D',
      {
        channels: [8, 192],
        filters: [
          [1, 1],
          [1, 1],
          [3, 3],
        ],
      },
    ],
    [40, 'DEPTHWISE_CONV_2D', { channels: [2, 160], filters: [[3, 3]] }],
  ] as const
).map(([count, kind, form]) => [count, (rng) => windowLayer('int8', kind, rng, form)]);

/** Everything else in the small shapes of the property tests. */
const others: readonly (readonly [number, fc.Arbitrary<Graph>])[] = [
  [40, movementGraph],
  [8, padGraph],
  [12, lstmGraph],
  [12, svdfGraph],
  [12, transposeConvGraph],
  [8, resizeGraph('RESIZE_BILINEAR')],
  [8, resizeGraph('RESIZE_NEAREST_NEIGHBOR')],
  [6, argExtremumGraph('ARG_MAX')],
  [6, elementwiseGraph('HARD_SWISH')],
  [6, elementwiseGraph('LEAKY_RELU')],
  [6, elementwiseGraph('PRELU')],
  [6, elementwiseGraph('TANH')],
];

export function specimens(): Specimen[] {
  const rng = random(5);
  const scratch = () => pick(rng, [0, 1500, 4000, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY]);
  const drawn = ([count, draw]: (typeof recipe)[number]) =>
    Array.from({ length: count }, (): Specimen => {
      for (;;) {
        const graph = draw(rng);
        if (graph) return { graph, scratchBytes: scratch() };
      }
    });
  const own = recipe.flatMap(drawn);
  const small = others.flatMap(([numRuns, arbitrary]) =>
    fc.sample(arbitrary, { numRuns, seed: 1 }).map((graph): Specimen => ({ graph, scratchBytes: scratch() })),
  );
  return [...own, ...small, ...rectified.flatMap(drawn)];
}
