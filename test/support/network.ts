/**
 * Builds networks layer by layer from seeded random weights, in int8 or float32. Scales follow the expected
 * spread of each layer's values, so that int8 activations neither saturate nor sit on a few values.
 */
import { elementCount } from '../../src/graph/access.js';
import {
  type GraphBuilder,
  graphBuilder,
  perChannel,
  perTensor,
  type TensorIndex,
} from '../../src/graph/build.js';
import type { Graph, OpAttributes, Shape } from '../../src/graph/graph.js';
import type { FusedActivation } from '../../src/numerics/activation_range.js';
import { computeOutSize, type Padding } from '../../src/numerics/padding.js';
import { type Random, random } from '../property/random.js';

export type NetworkType = 'int8' | 'float32';

export interface WindowOptions {
  /** Rows, columns. */
  readonly kernel: readonly [number, number];
  readonly stride?: readonly [number, number];
  readonly dilation?: number;
  readonly padding?: Padding;
  readonly activation?: FusedActivation;
}

/** A value's tensor and the standard deviation its scale was made for. */
interface Value {
  readonly tensor: TensorIndex;
  readonly rms: number;
}

/** Standard deviation of a layer's output before its activation. */
const spread = 1.5;
/** An integer's range covers this many standard deviations, fewer below zero so that zero points are not 0. */
const covered = 4;
const coveredBelow = 3.6;
/** Standard deviation of integers uniform in −127 … 127. */
const weightSpread = 127 / Math.sqrt(3);

export class Network {
  private readonly builder: GraphBuilder;
  private readonly rng: Random;
  private count = 0;

  constructor(
    name: string,
    private readonly dtype: NetworkType,
    seed: number,
  ) {
    this.builder = graphBuilder(name);
    this.rng = random(seed);
  }

  input(shape: Shape): Value {
    const tensor = this.builder.input('input', {
      shape,
      dtype: this.dtype,
      ...this.quantized(covered, -coveredBelow),
    });
    return { tensor, rms: 1 };
  }

  /** `groups` > 1 gives filters that see only their part of the channels. */
  conv(x: Value, filters: number, options: WindowOptions & { readonly groups?: number }): Value {
    const [batch, height, width, channels] = this.shape(x) as [number, number, number, number];
    const [rows, columns] = options.kernel;
    const filter = [filters, rows, columns, channels / (options.groups ?? 1)];
    const name = this.name('conv');
    return this.weighted('CONV_2D', name, x, filter, 0, window(options), options.activation, [
      batch,
      ...outSize(height, width, options),
      filters,
    ]);
  }

  depthwise(x: Value, options: WindowOptions & { readonly multiplier?: number }): Value {
    const [batch, height, width, channels] = this.shape(x) as [number, number, number, number];
    const depthMultiplier = options.multiplier ?? 1;
    const filters = channels * depthMultiplier;
    const name = this.name('depthwise');
    const attributes = { ...window(options), depthMultiplier };
    return this.weighted(
      'DEPTHWISE_CONV_2D',
      name,
      x,
      [1, ...options.kernel, filters],
      3,
      attributes,
      options.activation,
      [batch, ...outSize(height, width, options), filters],
    );
  }

  dense(x: Value, units: number, activation: FusedActivation = 'NONE'): Value {
    const [batch, inputs] = this.shape(x) as [number, number];
    const attributes = { activation, keepNumDims: false, weightsFormat: 'DEFAULT' } as const;
    const name = this.name('dense');
    return this.weighted('FULLY_CONNECTED', name, x, [units, inputs], undefined, attributes, activation, [
      batch,
      units,
    ]);
  }

  pool(type: 'AVERAGE_POOL_2D' | 'MAX_POOL_2D', x: Value, options: WindowOptions): Value {
    const [batch, height, width, channels] = this.shape(x) as [number, number, number, number];
    const { padding, stride, activation } = window(options);
    const filter = { height: options.kernel[0], width: options.kernel[1] };
    const shape = [batch, ...outSize(height, width, options), channels];
    const attributes = { padding, stride, filter, activation };
    return this.same(type, this.name('pool'), x, [x.tensor], attributes, shape);
  }

  add(a: Value, b: Value, activation: FusedActivation = 'NONE'): Value {
    return this.output(
      'ADD',
      this.name('add'),
      [a.tensor, b.tensor],
      { activation },
      this.shape(a),
      Math.sqrt(a.rms ** 2 + b.rms ** 2),
      activation,
    );
  }

  /** Of float32 images, one below the other. */
  concatRows(a: Value, b: Value): Value {
    const [batch, height, ...rest] = this.shape(a) as [number, number, number, number];
    const shape = [batch, height + this.shape(b)[1]!, ...rest];
    return this.same('CONCATENATION', this.name('rows'), a, [a.tensor, b.tensor], { axis: 1 }, shape);
  }

  /** Rows and columns of an image. */
  extent(x: Value): readonly [number, number] {
    const [, height, width] = this.shape(x) as [number, number, number, number];
    return [height, width];
  }

  channels(x: Value): number {
    return this.shape(x).at(-1)!;
  }

  /** Along the last axis. In int8 all are first requantized to one scale, as TFLite's converter does it. */
  concat(...values: Value[]): Value {
    const shape = this.shape(values[0]!);
    const rms = Math.max(...values.map((v) => v.rms));
    const spec = { dtype: this.dtype, ...this.quantized(covered * rms, -coveredBelow * rms) };
    const inputs = values.map(({ tensor }) => {
      if (this.dtype === 'float32') return tensor;
      const own = { shape: this.builder.tensor(tensor).shape, ...spec };
      return this.builder.op('QUANTIZE', this.name('requantize'), [tensor], {}, own);
    });
    const channels = inputs.reduce((n, t) => n + this.builder.tensor(t).shape.at(-1)!, 0);
    const output = { shape: [...shape.slice(0, -1), channels], ...spec };
    const attributes = { axis: shape.length - 1 };
    return { tensor: this.builder.op('CONCATENATION', this.name('concat'), inputs, attributes, output), rms };
  }

  mul(a: Value, b: Value): Value {
    return this.output(
      'MUL',
      this.name('mul'),
      [a.tensor, b.tensor],
      { activation: 'NONE' },
      this.shape(a),
      a.rms * b.rms,
    );
  }

  reshape(x: Value, shape: Shape): Value {
    const name = this.name('reshape');
    const to = this.int32s(`${name}/shape`, [shape.length], shape);
    return this.same('RESHAPE', name, x, [x.tensor, to], { newShape: shape }, shape);
  }

  flatten(x: Value): Value {
    return this.reshape(x, [1, elementCount(this.shape(x))]);
  }

  /** Batch normalization as converters leave it in float models: MUL and ADD by one constant a channel. */
  batchNorm(x: Value): Value {
    const [shape, channels] = [this.shape(x), this.shape(x).at(-1)!];
    return (['MUL', 'ADD'] as const).reduce((value, type) => {
      const name = this.name(type.toLowerCase());
      const data = Float32Array.from({ length: channels }, () => 0.5 + this.rng.next());
      const constant = this.builder.constant(`${name}/constant`, {
        shape: [channels],
        dtype: 'float32',
        data,
      });
      return this.output(type, name, [value.tensor, constant], { activation: 'NONE' }, shape, x.rms);
    }, x);
  }

  /** Zeros around rows and columns. */
  pad(x: Value, [top, bottom, left, right]: readonly [number, number, number, number]): Value {
    const [batch, height, width, channels] = this.shape(x) as [number, number, number, number];
    const name = this.name('pad');
    const by = this.int32s(`${name}/paddings`, [4, 2], [0, 0, top, bottom, left, right, 0, 0]);
    const shape = [batch, height + top + bottom, width + left + right, channels];
    return this.same('PAD', name, x, [x.tensor, by], {}, shape);
  }

  /** Mean over rows and columns. */
  mean(x: Value, keepDims = false): Value {
    const [batch, , , channels] = this.shape(x) as [number, number, number, number];
    const name = this.name('mean');
    const axes = this.int32s(`${name}/axes`, [2], [1, 2]);
    const shape = keepDims ? [batch, 1, 1, channels] : [batch, channels];
    // Means of many values hardly spread, but what they spread around may be far from zero: keep the range.
    return this.output('MEAN', name, [x.tensor, axes], { keepDims }, shape, x.rms);
  }

  relu(x: Value): Value {
    return this.output('RELU', this.name('relu'), [x.tensor], {}, this.shape(x), x.rms, 'RELU');
  }

  /** Unlike RELU's, TFLM's kernel does not requantize. */
  relu6(x: Value): Value {
    return this.same('RELU6', this.name('relu6'), x, [x.tensor], {}, this.shape(x));
  }

  softmax(x: Value): Value {
    const probability = this.dtype === 'int8' ? { quantization: perTensor(1 / 256, -128) } : {};
    const spec = { shape: this.shape(x), dtype: this.dtype, ...probability };
    return {
      tensor: this.builder.op('SOFTMAX', this.name('softmax'), [x.tensor], { beta: 1 }, spec),
      rms: 1,
    };
  }

  /** float32 → int8, or back; the network goes on in that type. */
  quantize(x: Value): Value {
    const spec = {
      shape: this.shape(x),
      dtype: 'int8' as const,
      quantization: perTensor(...parameters(covered * x.rms, -coveredBelow * x.rms)),
    };
    return { tensor: this.builder.op('QUANTIZE', this.name('quantize'), [x.tensor], {}, spec), rms: x.rms };
  }

  dequantize(x: Value): Value {
    const spec = { shape: this.shape(x), dtype: 'float32' as const };
    return {
      tensor: this.builder.op('DEQUANTIZE', this.name('dequantize'), [x.tensor], {}, spec),
      rms: x.rms,
    };
  }

  build(...outputs: Value[]): Graph {
    return this.builder.build(...outputs.map((v) => v.tensor));
  }

  /** A layer with weights (per channel along `axis`, or per tensor) and bias. */
  private weighted<T extends 'CONV_2D' | 'DEPTHWISE_CONV_2D' | 'FULLY_CONNECTED'>(
    type: T,
    name: string,
    x: Value,
    filter: Shape,
    axis: number | undefined,
    attributes: OpAttributes[T],
    activation: FusedActivation | undefined,
    shape: Shape,
  ): Value {
    const count = elementCount(filter);
    const filters = shape.at(-1)!;
    const weightRms = spread / (Math.sqrt(count / filters) * x.rms);
    const uniform = () => (this.rng.next() * 2 - 1) * Math.sqrt(3);
    let weights: TensorIndex;
    let bias: TensorIndex;
    if (this.dtype === 'float32') {
      weights = this.builder.constant(`${name}/weights`, {
        shape: filter,
        dtype: 'float32',
        data: Float32Array.from({ length: count }, () => uniform() * weightRms),
      });
      bias = this.builder.constant(`${name}/bias`, {
        shape: [filters],
        dtype: 'float32',
        data: Float32Array.from({ length: filters }, () => uniform() * 0.3),
      });
    } else {
      const scales = Float32Array.from(
        { length: axis === undefined ? 1 : filters },
        () => (weightRms / weightSpread) * (0.5 + this.rng.next()),
      );
      const inputScale = this.builder.tensor(x.tensor).quantization!.scale[0]!;
      const biasScales = scales.map((s) => s * inputScale);
      weights = this.builder.constant(`${name}/weights`, {
        shape: filter,
        dtype: 'int8',
        quantization: perChannel(scales, axis ?? 0),
        data: Int8Array.from({ length: count }, () => this.rng.int(-127, 127)),
      });
      bias = this.builder.constant(`${name}/bias`, {
        shape: [filters],
        dtype: 'int32',
        quantization: perChannel(biasScales, 0),
        data: Int32Array.from({ length: filters }, (_, i) =>
          Math.round((uniform() * 0.3) / biasScales[i % biasScales.length]!),
        ),
      });
    }
    return this.output(type, name, [x.tensor, weights, bias], attributes, shape, spread, activation);
  }

  /** Appends an op whose real outputs spread by `rms` before the activation. */
  private output<T extends keyof OpAttributes>(
    type: T,
    name: string,
    inputs: readonly TensorIndex[],
    attributes: OpAttributes[T],
    shape: Shape,
    rms: number,
    activation: FusedActivation = 'NONE',
  ): Value {
    const high = activation === 'RELU6' ? Math.min(6, covered * rms) : covered * rms;
    const spec = {
      shape,
      dtype: this.dtype,
      ...this.quantized(high, activation === 'NONE' ? -coveredBelow * rms : 0),
    };
    // Half of the values are cut to zero.
    const after = activation === 'NONE' ? rms : rms / Math.SQRT2;
    return { tensor: this.builder.op(type, name, inputs, attributes, spec), rms: after };
  }

  /** Appends an op that keeps its input's scale. */
  private same<T extends keyof OpAttributes>(
    type: T,
    name: string,
    x: Value,
    inputs: readonly TensorIndex[],
    attributes: OpAttributes[T],
    shape: Shape,
  ): Value {
    const { dtype, quantization } = this.builder.tensor(x.tensor);
    const spec = { shape, dtype, ...(quantization && { quantization }) };
    return { tensor: this.builder.op(type, name, inputs, attributes, spec), rms: x.rms };
  }

  private int32s(name: string, shape: Shape, values: readonly number[]): TensorIndex {
    return this.builder.constant(name, { shape, dtype: 'int32', data: Int32Array.from(values) });
  }

  private quantized(high: number, low: number) {
    return this.dtype === 'int8' ? { quantization: perTensor(...parameters(high, low)) } : {};
  }

  private shape(x: Value): Shape {
    return this.builder.tensor(x.tensor).shape;
  }

  private name(kind: string): string {
    this.count++;
    return `${kind}_${this.count}`;
  }
}

/** Scale and zero point of int8 over a real range. */
function parameters(high: number, low: number): [scale: number, zeroPoint: number] {
  const scale = (high - low) / 255;
  return [scale, Math.round(-128 - low / scale)];
}

function window(options: WindowOptions) {
  const [height, width] = options.stride ?? [1, 1];
  const dilation = options.dilation ?? 1;
  return {
    padding: options.padding ?? 'SAME',
    stride: { height, width },
    dilation: { height: dilation, width: dilation },
    activation: options.activation ?? 'NONE',
  } as const;
}

function outSize(height: number, width: number, options: WindowOptions): [number, number] {
  const { padding, stride, dilation } = window(options);
  const [rows, columns] = options.kernel;
  return [
    computeOutSize(padding, height, rows, stride.height, dilation.height),
    computeOutSize(padding, width, columns, stride.width, dilation.width),
  ];
}
