/** Conv1D, Conv2D, DepthwiseConv2D and SeparableConv2D. */
import { activationOption, withActivation } from '../activation.js';
import type { Layer, LayerImporter } from '../layer.js';
import type { Options } from '../options.js';
import { Unsupported, type Value } from '../value.js';
import { conv2d, depthwiseConv2d, pad, type WindowOptions } from '../window.js';

export const conv2dLayer: LayerImporter = (layer) => {
  const { options, graph, name } = layer;
  const [rows, columns] = options.extent('kernel_size', 2) as [number, number];
  const filters = options.count('filters');
  const groups = options.count('groups', 1);
  const [window, useBias, activation] = [
    windowOptions(options),
    biasOption(options),
    activationOption(options),
  ];
  const x = layer.input(4);
  const shape = [rows, columns, depthOf(x, groups), filters] as const;
  const kernel = layer.weight('kernel', shape);
  const bias = useBias ? biasOf(layer, filters) : undefined;
  return withActivation(graph, name, activation, (op, fused) =>
    conv2d(graph, op, x, kernel, [...shape], bias, window, fused, `${name}/kernel`),
  );
};

/** A CONV_2D of one row. */
export const conv1d: LayerImporter = (layer) => {
  const { options, graph, name } = layer;
  const [size] = options.extent('kernel_size', 1) as [number];
  const filters = options.count('filters');
  const groups = options.count('groups', 1);
  const [stride] = options.extent('strides', 1, 1) as [number];
  const [dilation] = options.extent('dilation_rate', 1, 1) as [number];
  const padding = options.word('padding', 'valid', 'same', 'causal');
  const [useBias, activation] = [biasOption(options), activationOption(options)];
  options.channelsLast();
  const given = layer.input(3);
  const depth = depthOf(given, groups);
  const kernel = layer.weight('kernel', [size, depth, filters]);
  const bias = useBias ? biasOf(layer, filters) : undefined;
  const before = padding === 'causal' ? (size - 1) * dilation : 0;
  const padded =
    before === 0
      ? given
      : pad(graph, `${name}/causal`, given, [
          [0, 0],
          [before, 0],
          [0, 0],
        ]);
  const x = graph.reshape(`${name}/row`, padded, [1, 1, ...padded.shape.slice(1)]);
  const window = {
    padding: padding === 'same' ? ('SAME' as const) : ('VALID' as const),
    strides: [1, stride],
    dilations: [1, dilation],
  };
  const rows = withActivation(graph, `${name}/conv`, activation, (op, fused) =>
    conv2d(graph, op, x, kernel, [1, size, depth, filters], bias, window, fused, `${name}/kernel`),
  );
  return graph.reshape(name, rows, [1, ...rows.shape.slice(2)]);
};

export const depthwiseConv2dLayer: LayerImporter = (layer) => {
  const { options, graph, name } = layer;
  const [rows, columns] = options.extent('kernel_size', 2) as [number, number];
  const multiplier = options.count('depth_multiplier', 1);
  const [window, useBias, activation] = [
    windowOptions(options),
    biasOption(options),
    activationOption(options),
  ];
  const x = layer.input(4);
  const channels = x.shape[3]!;
  const shape = [rows, columns, channels, multiplier] as const;
  const kernel = layer.weight(['depthwise_kernel', 'kernel'], shape);
  const bias = useBias ? biasOf(layer, channels * multiplier) : undefined;
  return withActivation(graph, name, activation, (op, fused) =>
    depthwiseConv2d(graph, op, x, kernel, [...shape], bias, window, fused, `${name}/depthwise_kernel`),
  );
};

export const separableConv2d: LayerImporter = (layer) => {
  const { options, graph, name } = layer;
  const [rows, columns] = options.extent('kernel_size', 2) as [number, number];
  const multiplier = options.count('depth_multiplier', 1);
  const filters = options.count('filters');
  const [window, useBias, activation] = [
    windowOptions(options),
    biasOption(options),
    activationOption(options),
  ];
  const x = layer.input(4);
  const channels = x.shape[3]!;
  const depth = channels * multiplier;
  const shape = [rows, columns, channels, multiplier] as const;
  const depthwise = layer.weight('depthwise_kernel', shape);
  const pointwise = layer.weight('pointwise_kernel', [1, 1, depth, filters]);
  const bias = useBias ? biasOf(layer, filters) : undefined;
  const kernelName = `${name}/depthwise_kernel`;
  const mixed = depthwiseConv2d(
    graph,
    `${name}/depthwise`,
    x,
    depthwise,
    [...shape],
    undefined,
    window,
    'NONE',
    kernelName,
  );
  const point: WindowOptions = { padding: 'VALID', strides: [1, 1], dilations: [1, 1] };
  return withActivation(graph, name, activation, (op, fused) =>
    conv2d(
      graph,
      op,
      mixed,
      pointwise,
      [1, 1, depth, filters],
      bias,
      point,
      fused,
      `${name}/pointwise_kernel`,
    ),
  );
};

function windowOptions(options: Options): WindowOptions {
  options.channelsLast();
  return {
    padding: options.word('padding', 'valid', 'same') === 'same' ? 'SAME' : 'VALID',
    strides: options.extent('strides', 2, 1),
    dilations: options.extent('dilation_rate', 2, 1),
  };
}

function biasOption(options: Options): boolean {
  return options.flag('use_bias', true);
}

function biasOf(layer: Layer, filters: number): number {
  return layer.constant('bias', layer.weight('bias', [filters]));
}

function depthOf({ shape }: Value, groups: number): number {
  const channels = shape.at(-1)!;
  if (channels % groups !== 0) throw new Unsupported(`has ${groups} groups for ${channels} channels`);
  return channels / groups;
}
