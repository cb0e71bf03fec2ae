/** Five networks of the kinds that PyTorch users put on microcontrollers. */
import type { TorchNetwork } from './torch_graph.js';

/** Convolutions with batch normalization, pools, dense layers on a flattened image. */
export const cnn: TorchNetwork = {
  name: 'cnn',
  input: [1, 14, 14],
  classes: 10,
  build(torch, x) {
    const block = (i: number, value: string, from: number, to: number) => {
      const paths = [`features.${i}`, `features.${i + 1}`] as const;
      const norm = torch.convNorm(paths, value, [from, to], [3, 3], { padding: 1 });
      const relu = torch.node(`features.${i + 2}`, 'Relu', [norm]);
      return torch.node(`features.${i + 3}`, 'MaxPool', [relu], {
        ceil_mode: 0,
        dilations: [1, 1],
        kernel_shape: [2, 2],
        pads: [0, 0, 0, 0],
        strides: [2, 2],
      });
    };
    const features = block(4, block(0, x, 1, 8), 8, 16);
    const flat = torch.node('', 'Flatten', [features], { axis: 1 });
    const hidden = torch.node('classifier.1', 'Relu', [torch.linear('classifier.0', flat, 144, 24)]);
    return torch.linear('classifier.2', hidden, 24, 10);
  },
};

/** MobileNetV2's blocks, batch normalization folded as PyTorch does for inference: expand, depthwise, project, add. */
export const separable: TorchNetwork = {
  name: 'separable',
  input: [1, 14, 14],
  classes: 10,
  norms: 'folded',
  build(torch, x) {
    const conv = (
      path: string,
      value: string,
      from: number,
      to: number,
      kernel = 1,
      stride = 1,
      groups = 1,
    ) => torch.convNorm(path, value, [from, to], [kernel, kernel], { stride, padding: kernel >> 1, groups });
    const relu6 = (path: string, value: string) => {
      const bounds = [
        torch.floats('/Constant_output_0', [0], []),
        torch.floats('/Constant_1_output_0', [6], []),
      ];
      return torch.node(`${path}.2`, 'Clip', [value, ...bounds]);
    };
    const block = (path: string, value: string, from: number, to: number, stride: number) => {
      const [expand, filter, project] = [0, 1, 2].map((i) => `${path}.conv.${i}`) as [string, string, string];
      const wide = 3 * from;
      const expanded = relu6(expand, conv(expand, value, from, wide));
      const filtered = relu6(filter, conv(filter, expanded, wide, wide, 3, stride, wide));
      const projected = conv(project, filtered, wide, to);
      return stride === 1 && from === to ? torch.node(path, 'Add', [value, projected]) : projected;
    };
    let y = relu6('features.0', conv('features.0', x, 1, 8, 3, 2));
    y = block('features.1', y, 8, 8, 1);
    y = block('features.2', y, 8, 16, 2);
    y = block('features.3', y, 16, 16, 1);
    y = relu6('features.4', conv('features.4', y, 16, 32));
    const pooled = torch.node('pool', 'GlobalAveragePool', [y]);
    return torch.linear('classifier', torch.node('', 'Flatten', [pooled], { axis: 1 }), 32, 10);
  },
};

/** Convolutions over time of a spectrogram's bands: [bands, frames]. */
export const keywords: TorchNetwork = {
  name: 'keywords',
  input: [10, 32],
  classes: 4,
  build(torch, x) {
    const layer = (i: number, value: string, from: number, to: number, kernel: number, stride: number) => {
      const paths = [`net.${i}`, `net.${i + 1}`] as const;
      const norm = torch.convNorm(paths, value, [from, to], [kernel], { stride, padding: kernel >> 1 });
      return torch.node(`net.${i + 2}`, 'Relu', [norm]);
    };
    const y = layer(6, layer(3, layer(0, x, 10, 16, 5, 1), 16, 24, 3, 2), 24, 24, 3, 2);
    const mean = torch.node('', 'ReduceMean', [y], { axes: [2], keepdims: 0 });
    return torch.linear('classifier', mean, 24, 4);
  },
};

/** Readings of sensors. */
export const mlp: TorchNetwork = {
  name: 'mlp',
  input: [12],
  classes: 3,
  build(torch, x) {
    const hidden = torch.node('net.1', 'Relu', [torch.linear('net.0', x, 12, 32)]);
    const again = torch.node('net.3', 'Relu', [torch.linear('net.2', hidden, 32, 16)]);
    return torch.linear('net.4', again, 16, 3);
  },
};

/** The rows of an image one after another; what the LSTM says at the last one is classified. */
export const lstm: TorchNetwork = {
  name: 'lstm',
  input: [14, 14],
  classes: 10,
  build(torch, x) {
    const y = torch.lstm('lstm', x, 14, 24);
    const last = torch.node('', 'Gather', [y, torch.integers('/Constant_output_0', [-1], [])], { axis: 1 });
    return torch.linear('classifier', last, 24, 10);
  },
};
