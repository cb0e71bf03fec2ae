/**
 * Networks as PyTorch's exporter writes them to ONNX: nodes named by module path, parameters by state_dict, NCHW, opset 17. What a
 * network does not find among its parameters it asks `initial` for, and says of what shape it is.
 */
import { encodeModel } from '../../src/formats/onnx/schema.js';
import { type Random, random } from '../../test/property/random.js';

/** By their names in PyTorch's state_dict. Of batch normalization, `weight` and `bias` are factor and offset as applied. */
export type Parameters = Map<string, Float32Array>;

export interface TorchNetwork {
  readonly name: string;
  /** Without the batch. */
  readonly input: readonly number[];
  readonly classes: number;
  /** How its batch normalization is exported. */
  readonly norms?: 'kept' | 'folded';
  build(torch: TorchGraph, x: string): string;
}

export interface ConvOptions {
  readonly stride?: number;
  readonly padding?: number;
  readonly groups?: number;
  readonly bias?: boolean;
}

export interface TorchGraph {
  /** @param kernel its length along each dimension of space: one for Conv1d, two for Conv2d */
  conv(
    path: string,
    x: string,
    channels: readonly [number, number],
    kernel: readonly number[],
    options?: ConvOptions,
  ): string;
  /** A convolution and its batch normalization: the modules `.0` and `.1` of the path, or the two that are given. */
  convNorm(
    path: string | readonly [string, string],
    x: string,
    channels: readonly [number, number],
    kernel: readonly number[],
    options?: ConvOptions,
  ): string;
  linear(path: string, x: string, inputs: number, outputs: number): string;
  /** batch_first; its output at every step. */
  lstm(path: string, x: string, features: number, units: number): string;
  node(path: string, type: string, inputs: readonly string[], attributes?: Attributes): string;
  integers(name: string, values: readonly number[], dims?: readonly number[]): string;
  floats(name: string, values: readonly number[], dims?: readonly number[]): string;
}

type Attributes = Readonly<Record<string, number | readonly number[] | { readonly float: number }>>;

export interface ExportOptions {
  /**
   * Batch normalization with some statistics, and γ and β that make up for them; as it begins, with means of 0 and variances of 1; or
   * folded into the convolutions, as PyTorch's exporter does unless it is told to keep them.
   */
  readonly norms?: 'kept' | 'fresh' | 'folded';
  /** An LSTM's initial states are inputs: what cannot be an operator of its own, importers write out step by step. */
  readonly statesGiven?: boolean;
  /** Of what is missing: uniform, of variance 1 / inputs; of LSTMs and biases within 1 / √inputs, as PyTorch begins. */
  readonly seed?: number;
}

const epsilon = 1e-5;

/** The .onnx file. @param parameters gets what it lacks */
export function exportTorch(
  network: TorchNetwork,
  parameters: Parameters,
  options: ExportOptions = {},
): Uint8Array {
  const { norms = network.norms ?? 'kept', statesGiven = false, seed = 1 } = options;
  const rng = random(seed);
  const inputs = [valueInfo('input', [1, ...network.input])];
  const nodes: object[] = [];
  const initializers: object[] = [];
  const written = new Set<string>();
  const write = (
    name: string,
    dataType: number,
    dims: readonly number[],
    data: Float32Array | BigInt64Array,
  ) => {
    if (!written.has(name)) {
      initializers.push({
        name,
        dataType,
        dims,
        rawData: new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
      });
    }
    written.add(name);
    return name;
  };
  const values = (name: string, dims: readonly number[], bound: number) => {
    const count = dims.reduce((n, d) => n * d, 1);
    const found = parameters.get(name) ?? uniform(rng, count, bound);
    parameters.set(name, found);
    return found;
  };
  const parameter = (name: string, dims: readonly number[], bound: number) =>
    write(name, 1, dims, values(name, dims, bound));

  const torch: TorchGraph = {
    node(path, type, inputs, attributes = {}) {
      // `features.0` is a module of the module `features`, and so says its path.
      const scope = path.split('.').map((_, i, parts) => parts.slice(0, i + 1).join('.'));
      const base = `/${[...(path === '' ? [] : scope), type].join('/')}`;
      let name = base;
      for (let n = 1; written.has(name); n++) name = `${base}_${n}`;
      written.add(name);
      const output = [`${name}_output_0`];
      const attribute = Object.entries(attributes).map(([key, value]) => attributeOf(key, value));
      nodes.push({ name, opType: type, input: inputs, output, attribute });
      return output[0]!;
    },
    integers: (name, data, dims = [data.length]) => write(name, 7, dims, BigInt64Array.from(data, BigInt)),
    floats: (name, data, dims = [data.length]) => write(name, 1, dims, Float32Array.from(data)),
    conv(path, x, [from, to], kernel, options = {}) {
      const { groups = 1, bias = true } = options;
      const dims = [to, from / groups, ...kernel];
      const bound = 1 / Math.sqrt(dims.slice(1).reduce((n, d) => n * d, 1));
      const inputs = [x, parameter(`${path}.weight`, dims, Math.sqrt(3) * bound)];
      if (bias) inputs.push(parameter(`${path}.bias`, [to], bound));
      return torch.node(path, 'Conv', inputs, convAttributes(kernel, options));
    },
    convNorm(path, x, channels, kernel, options) {
      const [conv, norm] = typeof path === 'string' ? [`${path}.0`, `${path}.1`] : path;
      const of = (name: string, value: number) => {
        const key = `${norm}.${name}`;
        if (!parameters.has(key)) parameters.set(key, new Float32Array(channels[1]).fill(value));
        return parameters.get(key)!;
      };
      const [factor, offset] = [of('weight', 1), of('bias', 0)];
      if (norms === 'folded') {
        const dims = [channels[1], channels[0] / (options?.groups ?? 1), ...kernel];
        const size = dims.slice(1).reduce((n, d) => n * d, 1);
        const folded = values(`${conv}.weight`, dims, 1).map((w, k) => w * factor[Math.floor(k / size)]!);
        const inputs = [x, write(`onnx::${conv}_weight`, 1, dims, folded)];
        inputs.push(write(`onnx::${conv}_bias`, 1, [channels[1]], offset));
        return torch.node(conv, 'Conv', inputs, convAttributes(kernel, options));
      }
      const fresh = norms === 'fresh';
      const mean = Float32Array.from(factor, () => (fresh ? 0 : rng.next() - 0.5));
      const variance = Float32Array.from(factor, () => (fresh ? 1 : 0.25 + rng.next()));
      const gamma = factor.map((f, c) => f * Math.sqrt(variance[c]! + epsilon));
      const beta = offset.map((o, c) => o + mean[c]! * factor[c]!);
      const y = torch.conv(conv, x, channels, kernel, { ...options, bias: false });
      const inputs = Object.entries({ weight: gamma, bias: beta, running_mean: mean, running_var: variance });
      const names = inputs.map(([name, data]) => write(`${norm}.${name}`, 1, [channels[1]], data));
      return torch.node(norm, 'BatchNormalization', [y, ...names], {
        epsilon: { float: epsilon },
        momentum: { float: 0.9 },
      });
    },
    linear(path, x, inputs, outputs) {
      const bound = 1 / Math.sqrt(inputs);
      const weight = parameter(`${path}.weight`, [outputs, inputs], Math.sqrt(3) * bound);
      const bias = parameter(`${path}.bias`, [outputs], bound);
      return torch.node(path, 'Gemm', [x, weight, bias], {
        alpha: { float: 1 },
        beta: { float: 1 },
        transB: 1,
      });
    },
    lstm(path, x, features, units) {
      // PyTorch's gates are input, forget, cell, output; its exporter writes ONNX's: input, output, forget, cell.
      const bound = 1 / Math.sqrt(units);
      const gates = (name: string, columns: number) => {
        const rows = values(`${path}.${name}`, [4 * units, columns], bound);
        const gate = (g: number) => rows.subarray(g * units * columns, (g + 1) * units * columns);
        return Float32Array.from([0, 3, 1, 2].flatMap((g) => [...gate(g)]));
      };
      const w = write('onnx::LSTM_101', 1, [1, 4 * units, features], gates('weight_ih_l0', features));
      const r = write('onnx::LSTM_102', 1, [1, 4 * units, units], gates('weight_hh_l0', units));
      // PyTorch has two biases; importers add them up.
      if (!parameters.has(`${path}.bias_hh_l0`))
        parameters.set(`${path}.bias_hh_l0`, new Float32Array(4 * units));
      const biases = Float32Array.from([...gates('bias_ih_l0', 1), ...gates('bias_hh_l0', 1)]);
      const b = write('onnx::LSTM_103', 1, [1, 8 * units], biases);
      const states = ['h0', 'c0'].map((state) => {
        if (!statesGiven) return write(`/${path}/${state}`, 1, [1, 1, units], new Float32Array(units));
        inputs.push(valueInfo(state, [1, 1, units]));
        return state;
      });
      const sequence = torch.node(path, 'Transpose', [x], { perm: [1, 0, 2] });
      const y = torch.node(path, 'LSTM', [sequence, w, r, b, '', ...states], { hidden_size: units });
      const squeezed = torch.node(path, 'Squeeze', [y, torch.integers('onnx::Squeeze_1', [1])]);
      return torch.node(path, 'Transpose', [squeezed], { perm: [1, 0, 2] });
    },
  };

  const output = network.build(torch, 'input');
  const last = nodes.find((n) => (n as { output: string[] }).output.includes(output)) as { output: string[] };
  last.output = ['output'];
  return encodeModel({
    irVersion: 8,
    producerName: 'pytorch',
    producerVersion: '2.4.0',
    opsetImport: [{ domain: '', version: 17 }],
    graph: {
      name: 'main_graph',
      node: nodes,
      initializer: initializers,
      input: inputs,
      output: [valueInfo('output', [1, network.classes])],
    },
  });
}

function valueInfo(name: string, dims: readonly number[]): object {
  const shape = { dim: dims.map((dimValue) => ({ dimValue })) };
  return { name, type: { tensorType: { elemType: 1, shape } } };
}

function convAttributes(
  kernel: readonly number[],
  { stride = 1, padding = 0, groups = 1 }: ConvOptions = {},
): Attributes {
  const each = (n: number) => kernel.map(() => n);
  return {
    dilations: each(1),
    group: groups,
    kernel_shape: kernel,
    pads: [...each(padding), ...each(padding)],
    strides: each(stride),
  };
}

function uniform(rng: Random, count: number, bound: number): Float32Array {
  return Float32Array.from({ length: count }, () => (2 * rng.next() - 1) * bound);
}

function attributeOf(name: string, value: Attributes[string]): object {
  if (typeof value === 'number') return { name, type: 2, i: value };
  if ('float' in value) return { name, type: 1, f: value.float };
  return { name, type: 7, ints: value };
}
