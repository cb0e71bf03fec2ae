/** Small networks as PyTorch exports them, with random weights. */
import { onnxWriter } from './onnx_writer.js';

/** Convolutions with batch normalization, pools, a flattened image into dense layers. [1, 3, 16, 16] → 10 logits. */
export function cnn(seed = 1): Uint8Array {
  const w = onnxWriter({ seed });
  const norm = (x: string, channels: number) =>
    w.node(
      'BatchNormalization',
      [
        x,
        w.floats(Array.from({ length: channels }, (_, i) => 0.8 + 0.05 * i)),
        w.weights([channels], 0.2),
        w.weights([channels], 0.2),
        w.floats(Array.from({ length: channels }, (_, i) => 0.5 + 0.1 * i)),
      ],
      { epsilon: 1e-5 },
    );
  const conv = (x: string, from: number, to: number, stride = 1) =>
    w.node('Conv', [x, w.weights([to, from, 3, 3])], {
      kernel_shape: [3, 3],
      pads: [1, 1, 1, 1],
      strides: [stride, stride],
      dilations: [1, 1],
      group: 1,
    });
  let x = w.input('input', ['batch', 3, 16, 16]);
  x = w.node('Relu', [norm(conv(x, 3, 8), 8)]);
  x = w.node('MaxPool', [x], { kernel_shape: [2, 2], strides: [2, 2] });
  x = w.node('Relu', [norm(conv(x, 8, 12, 2), 12)]);
  x = w.node('Flatten', [x], { axis: 1 });
  x = w.node('Relu', [w.node('Gemm', [x, w.weights([20, 12 * 16]), w.weights([20], 0.1)], { transB: 1 })]);
  return w.bytes(w.node('Gemm', [x, w.weights([10, 20]), w.weights([10], 0.1)], { transB: 1 }));
}

/** MobileNet's block: depthwise and pointwise, a residual, RELU6 by Clip, global average. [1, 3, 16, 16] → 5. */
export function separable(seed = 2): Uint8Array {
  const w = onnxWriter({ seed });
  const [zero, six] = [w.floats([0], []), w.floats([6], [])];
  const clip = (x: string) => w.node('Clip', [x, zero, six]);
  const pointwise = (x: string, from: number, to: number) =>
    w.node('Conv', [x, w.weights([to, from, 1, 1]), w.weights([to], 0.1)], { kernel_shape: [1, 1] });
  const depthwise = (x: string, channels: number) =>
    w.node('Conv', [x, w.weights([channels, 1, 3, 3], 0.6), w.weights([channels], 0.1)], {
      kernel_shape: [3, 3],
      pads: [1, 1, 1, 1],
      group: channels,
    });
  const stem = w.node(
    'Conv',
    [w.input('input', [1, 3, 16, 16]), w.weights([8, 3, 3, 3]), w.weights([8], 0.1)],
    {
      kernel_shape: [3, 3],
      pads: [1, 1, 1, 1],
      strides: [2, 2],
    },
  );
  const x = clip(stem);
  const block = pointwise(clip(depthwise(clip(pointwise(x, 8, 24)), 24)), 24, 8);
  const sum = w.node('Add', [x, block]);
  const pooled = w.node('Flatten', [w.node('GlobalAveragePool', [sum])], { axis: 1 });
  const logits = w.node('Gemm', [pooled, w.weights([5, 8]), w.weights([5], 0.1)], { transB: 1 });
  return w.bytes(w.node('Softmax', [logits], { axis: 1 }));
}

/** Convolutions over time: [1, 4, 64] → 6. */
export function conv1d(seed = 3): Uint8Array {
  const w = onnxWriter({ seed });
  let x = w.input('signal', [1, 4, 64]);
  x = w.node('Conv', [x, w.weights([8, 4, 5]), w.weights([8], 0.1)], {
    kernel_shape: [5],
    pads: [2, 2],
    strides: [2],
  });
  x = w.node('Relu', [x]);
  x = w.node('Conv', [x, w.weights([12, 8, 3]), w.weights([12], 0.1)], { kernel_shape: [3], dilations: [2] });
  x = w.node('LeakyRelu', [x], { alpha: 0.1 });
  x = w.node('MaxPool', [x], { kernel_shape: [2], strides: [2] });
  x = w.node('Flatten', [x]);
  return w.bytes(w.node('Gemm', [x, w.weights([6, 12 * 14]), w.weights([6], 0.1)], { transB: 1 }));
}

/** scikit-learn's MLPClassifier as skl2onnx writes it: MatMul and Add, the class's number and the probabilities. */
export function mlp(seed = 4): Uint8Array {
  const w = onnxWriter({ seed, domains: { 'ai.onnx.ml': 1 } });
  let x = w.node('Cast', [w.input('X', ['n', 12])], { to: 1 });
  const dense = (value: string, from: number, to: number) =>
    w.node('Add', [
      w.node('MatMul', [value, w.weights([from, to], Math.sqrt(3 / from))]),
      w.weights([1, to], 0.1),
    ]);
  x = w.node('Relu', [dense(x, 12, 16)]);
  x = w.node('Relu', [dense(x, 16, 8)]);
  const scores = w.node('Softmax', [dense(x, 8, 4)]);
  const chosen = w.node('ArgMax', [scores], { axis: 1 });
  const label = w.node('ai.onnx.ml.ArrayFeatureExtractor', [w.integers([10, 20, 30, 40]), chosen]);
  return w.bytes(w.node('Cast', [w.node('Reshape', [label, w.integers([-1])])], { to: 7 }), scores);
}
