/** Writes quantized ONNX models, in both of their forms: operators between Q and DQ, and operators over integers. */
import { type OnnxWriter, onnxWriter, type WriterOptions } from './onnx_writer.js';

/** Of TensorProto.DataType. */
export const onnxTypes = { uint8: 2, int8: 3, int16: 5, int32: 6, int4: 22 } as const;
export type OnnxType = keyof typeof onnxTypes;

/** Scale and zero point of a value. */
export interface Scale {
  readonly scale: number;
  readonly zeroPoint: number;
  readonly type: OnnxType;
}

export interface QuantizedWriter extends OnnxWriter {
  /** QuantizeLinear and DequantizeLinear. */
  qdq(value: string, scale: Scale): string;
  q(value: string, scale: Scale): string;
  dq(value: string, scale: Scale): string;
  /** Names of a scale and a zero point, for operators over integers. */
  parameters(scale: Scale): [string, string];
  /** Random weights as initializers; scales along `axis`, or one. */
  layer(dims: readonly number[], options?: LayerOptions): Layer;
}

export interface LayerOptions {
  readonly type?: 'int8' | 'uint8' | 'int4';
  /** One scale for each index of this axis. */
  readonly axis?: number;
  readonly zeroPoint?: number;
}

export interface Layer {
  readonly weights: string;
  readonly scale: string;
  readonly zeroPoint: string;
  readonly scales: readonly number[];
  /** The weights behind DequantizeLinear. */
  real(): string;
  /** A random int32 bias for each of `count` channels, on the scale of the product. */
  bias(count: number, inputScale: number): { readonly integers: string; real(): string };
}

export function quantizedWriter(options: WriterOptions & { readonly domain?: string } = {}): QuantizedWriter {
  const w = onnxWriter(options);
  const node = (type: string) => (options.domain ? `${options.domain}.${type}` : type);
  let seed = 12345 + (options.seed ?? 0);
  const random = () => {
    seed = (Math.imul(seed, 1103515245) + 12345) & 0x7fffffff;
    return seed / 0x7fffffff;
  };
  const parameters = ({ scale, zeroPoint, type }: Scale): [string, string] => [
    w.floats([scale], []),
    w.numbers(onnxTypes[type], [zeroPoint], []),
  ];
  const q = (value: string, scale: Scale) => w.node(node('QuantizeLinear'), [value, ...parameters(scale)]);
  const dq = (value: string, scale: Scale) => w.node(node('DequantizeLinear'), [value, ...parameters(scale)]);
  return {
    ...w,
    parameters,
    q,
    dq,
    qdq: (value, scale) => dq(q(value, scale), scale),
    layer(dims, { type = 'int8', axis, zeroPoint = type === 'uint8' ? 128 : 0 } = {}) {
      const count = dims.reduce((n, d) => n * d, 1);
      const channels = axis === undefined ? 1 : dims[axis]!;
      const top = type === 'int4' ? 7 : 127;
      const fan = dims.length > 1 ? count / (axis === undefined ? dims[0]! : channels) : 1;
      const scales = Array.from({ length: channels }, () =>
        Math.fround((Math.sqrt(3 / fan) / top) * (0.6 + 0.6 * random())),
      );
      const shift = type === 'uint8' ? 128 : 0;
      const values = Array.from({ length: count }, () => Math.round((2 * random() - 1) * top) + shift);
      const weights = w.numbers(onnxTypes[type], values, dims);
      const shape = axis === undefined ? [] : [channels];
      const scale = w.floats(scales, shape);
      const zeros = w.numbers(
        onnxTypes[type],
        scales.map(() => zeroPoint),
        shape,
      );
      const attributes: Readonly<Record<string, number>> = axis === undefined ? {} : { axis };
      return {
        weights,
        scale,
        zeroPoint: zeros,
        scales,
        real: () => w.node(node('DequantizeLinear'), [weights, scale, zeros], attributes),
        bias(n, inputScale) {
          const products = scales.map((s) => Math.fround(s * Math.fround(inputScale)));
          const integers = w.numbers(
            onnxTypes.int32,
            Array.from({ length: n }, (_, c) =>
              Math.round((random() - 0.5) / products[c % products.length]!),
            ),
            [n],
          );
          return {
            integers,
            real: () =>
              w.node(
                node('DequantizeLinear'),
                [integers, w.floats(products, shape)],
                axis === undefined ? attributes : { axis: 0 },
              ),
          };
        },
      };
    },
  };
}

/** 0 … 255 over a range. */
export const uint8Scale = (low: number, high: number): Scale => {
  const scale = Math.fround((high - low) / 255);
  return { scale, zeroPoint: Math.round(-low / scale), type: 'uint8' };
};
/** −128 … 127 over a range. */
export const int8Scale = (low: number, high: number): Scale => ({
  ...uint8Scale(low, high),
  zeroPoint: uint8Scale(low, high).zeroPoint - 128,
  type: 'int8',
});

/** ONNX Runtime's quantizer gives this to what lies between 0 and 1, and TensorFlow Lite Micro wants it. */
const probability = (type: 'uint8' | 'int8'): Scale => ({
  scale: 1 / 256,
  zeroPoint: type === 'uint8' ? 0 : -128,
  type,
});

/**
 * Convolutions, a depthwise one, a residual, a maximum, averages, a dense layer and a softmax, as onnxruntime.quantization writes
 * them. [1, 3, 16, 16] → 10 probabilities.
 */
export function qdqCnn({
  perChannel = true,
  type = 'uint8',
}: {
  perChannel?: boolean;
  type?: 'uint8' | 'int8';
} = {}): Uint8Array {
  const w = quantizedWriter({ seed: 7 });
  const range = type === 'uint8' ? uint8Scale : int8Scale;
  const axis = perChannel ? 0 : undefined;
  const conv = (x: string, input: Scale, dims: readonly number[], attributes: object = {}) => {
    const layer = w.layer(dims, { axis });
    const bias = layer.bias(dims[0]!, input.scale);
    return w.node('Conv', [x, layer.real(), bias.real()], {
      kernel_shape: dims.slice(2),
      pads: dims[2] === 3 ? [1, 1, 1, 1] : [0, 0, 0, 0],
      ...attributes,
    });
  };
  const [image, positive, signed] = [range(-1, 1), range(0, 4), range(-4, 4)];
  let x = w.qdq(w.input('input', ['batch', 3, 16, 16]), image);
  x = w.qdq(w.node('Relu', [conv(x, image, [8, 3, 3, 3])]), positive);
  x = w.qdq(w.node('MaxPool', [x], { kernel_shape: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1] }), positive);
  let y = w.qdq(w.node('Relu', [conv(x, positive, [8, 1, 3, 3], { group: 8 })]), positive);
  y = w.qdq(conv(y, positive, [8, 8, 1, 1]), signed);
  x = w.qdq(w.node('Relu', [w.node('Add', [x, y])]), range(0, 6));
  x = w.qdq(w.node('GlobalAveragePool', [x]), range(0, 4));
  x = w.qdq(w.node('Flatten', [x]), range(0, 4));
  const dense = w.layer([10, 8], { axis });
  x = w.node('Gemm', [x, dense.real(), dense.bias(10, range(0, 4).scale).real()], { transB: 1 });
  x = w.qdq(x, signed);
  return w.bytes(w.qdq(w.node('Softmax', [x], { axis: 1 }), probability(type)));
}

/** Dense layers as PyTorch exports them: int8, float biases. [1, 12] → 4. */
export function qdqMlp(): Uint8Array {
  const w = quantizedWriter({ seed: 8 });
  const dense = (x: string, from: number, to: number) =>
    w.node('Gemm', [x, w.layer([to, from], { axis: 0 }).real(), w.weights([to], 0.2)], { transB: 1 });
  let x = w.qdq(w.input('x', ['n', 12]), int8Scale(-1, 1));
  x = w.qdq(w.node('Relu', [dense(x, 12, 16)]), int8Scale(0, 3));
  x = w.qdq(w.node('Sigmoid', [w.qdq(dense(x, 16, 8), int8Scale(-4, 4))]), int8Scale(0, 0.99));
  return w.bytes(w.qdq(dense(x, 8, 4), int8Scale(-3, 3)));
}

/** The same kind of network in ONNX's and Microsoft's operators over integers: a uint8 image in, uint8 logits out. */
export function qlinearCnn(): Uint8Array {
  const w = quantizedWriter({ seed: 9, domains: { 'com.microsoft': 1 } });
  const conv = (x: string, from: Scale, to: Scale, dims: readonly number[], attributes: object = {}) => {
    const layer = w.layer(dims, { type: 'uint8' });
    const operands = [layer.weights, layer.scale, layer.zeroPoint];
    const { integers } = layer.bias(dims[0]!, from.scale);
    return w.node('QLinearConv', [x, ...w.parameters(from), ...operands, ...w.parameters(to), integers], {
      kernel_shape: dims.slice(2),
      pads: dims[2] === 3 ? [1, 1, 1, 1] : [0, 0, 0, 0],
      ...attributes,
    });
  };
  const one = (type: string, x: string, from: Scale, to: Scale, attributes: object = {}) =>
    w.node(`com.microsoft.${type}`, [x, ...w.parameters(from), ...w.parameters(to)], { ...attributes });
  const [image, positive, signed, unit] = [
    uint8Scale(-1, 1),
    uint8Scale(0, 4),
    uint8Scale(-4.1, 4.3),
    probability('uint8'),
  ];
  let x = conv(w.input('image', [1, 3, 16, 16], onnxTypes.uint8), image, positive, [8, 3, 3, 3]);
  x = w.node('MaxPool', [x], { kernel_shape: [2, 2], strides: [2, 2] });
  const leaky = uint8Scale(-0.6, 4.3);
  const y = one('QLinearLeakyRelu', conv(x, positive, signed, [8, 8, 3, 3]), signed, leaky, { alpha: 0.1 });
  x = w.node('com.microsoft.QLinearAdd', [
    x,
    ...w.parameters(positive),
    y,
    ...w.parameters(leaky),
    ...w.parameters(signed),
  ]);
  const gate = one('QLinearSigmoid', x, signed, unit);
  x = w.node('com.microsoft.QLinearMul', [
    x,
    ...w.parameters(signed),
    gate,
    ...w.parameters(unit),
    ...w.parameters(signed),
  ]);
  const window = { kernel_shape: [3, 3], strides: [2, 2] };
  const pooled = one('QLinearAveragePool', x, signed, signed, window);
  const largest = w.node('MaxPool', [x], window);
  const joined = uint8Scale(-4.2, 4.6);
  x = w.node(
    'com.microsoft.QLinearConcat',
    [...w.parameters(joined), pooled, ...w.parameters(signed), largest, ...w.parameters(signed)],
    { axis: 1 },
  );
  x = one('QLinearGlobalAveragePool', x, joined, uint8Scale(-2, 2.1));
  x = w.node('Reshape', [x, w.integers([1, 16])]);
  const hidden = w.layer([16, 12], { axis: 1 });
  x = w.node('QLinearMatMul', [
    x,
    ...w.parameters(uint8Scale(-2, 2.1)),
    hidden.weights,
    hidden.scale,
    hidden.zeroPoint,
    ...w.parameters(signed),
  ]);
  const last = w.layer([12, 10], {});
  return w.bytes(
    w.node('com.microsoft.QGemm', [
      x,
      ...w.parameters(signed),
      last.weights,
      last.scale,
      last.zeroPoint,
      last.bias(10, signed.scale).integers,
      ...w.parameters(uint8Scale(-8.3, 8.1)),
    ]),
  );
}
