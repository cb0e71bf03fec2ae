/** Writes ONNX models as PyTorch's and other exporters do: nodes in order, weights as initializers, from seeded random numbers. */
import { encodeModel } from '../../src/formats/onnx/schema.js';
import { random } from '../property/random.js';

type Attribute = number | string | readonly number[] | { readonly float: number } | object;

export interface OnnxWriter {
  /** A dimension that is a string is a symbol. */
  input(name: string, dims: readonly (number | string)[], elemType?: number): string;
  /** A node of one output. Gives the output's name. */
  node(type: string, inputs: readonly string[], attributes?: Readonly<Record<string, Attribute>>): string;
  /** A node of several outputs. */
  nodes(
    type: string,
    inputs: readonly string[],
    attributes: Readonly<Record<string, Attribute>>,
    outputs: number,
  ): string[];
  /** Random weights of a spread that keeps values near 1 through a layer. */
  weights(dims: readonly number[], spread?: number): string;
  floats(values: readonly number[], dims?: readonly number[]): string;
  integers(values: readonly number[], dims?: readonly number[]): string;
  /** Of a TensorProto.DataType that int32_data holds; int4 two to an element, the first in the low half. */
  numbers(dataType: number, values: readonly number[], dims: readonly number[]): string;
  /** What the file tells of the shape of a value in between. */
  declare(name: string, dims: readonly number[]): void;
  /** The file. Of outputs it tells neither types nor shapes. */
  bytes(...outputs: readonly string[]): Uint8Array;
}

export interface WriterOptions {
  readonly opset?: number;
  readonly seed?: number;
  /** By domain, beside ONNX's own. */
  readonly domains?: Readonly<Record<string, number>>;
}

const typeInfo = (name: string, dims: readonly (number | string)[], elemType: number) => ({
  name,
  type: {
    tensorType: {
      elemType,
      shape: { dim: dims.map((d) => (typeof d === 'string' ? { dimParam: d } : { dimValue: d })) },
    },
  },
});

export function onnxWriter({ opset = 13, seed = 1, domains = {} }: WriterOptions = {}): OnnxWriter {
  const rng = random(seed);
  const inputs: object[] = [];
  const nodes: object[] = [];
  const initializers: object[] = [];
  const declared: object[] = [];
  let count = 0;
  const constant = (dataType: number, dims: readonly number[], data: Float32Array | BigInt64Array) => {
    const name = `w${initializers.length}`;
    initializers.push({ name, dataType, dims, rawData: new Uint8Array(data.buffer) });
    return name;
  };
  const write = (
    type: string,
    from: readonly string[],
    attributes: Readonly<Record<string, Attribute>>,
    outputs: number,
  ): string[] => {
    const n = ++count;
    const output = Array.from({ length: outputs }, (_, i) => `${type.toLowerCase()}_${n}_out${i || ''}`);
    const [opType, domain] = type.split('.').reverse();
    nodes.push({
      opType,
      domain: domain ? type.slice(0, type.lastIndexOf('.')) : '',
      name: `/net/${opType}_${n}`,
      input: from,
      output,
      attribute: Object.entries(attributes).map(([name, value]) => attributeOf(name, value)),
    });
    return output;
  };
  return {
    input(name, dims, elemType = 1) {
      inputs.push(typeInfo(name, dims, elemType));
      return name;
    },
    node: (type, from, attributes = {}) => write(type, from, attributes, 1)[0]!,
    nodes: write,
    weights(dims, spread) {
      const elements = dims.reduce((n, d) => n * d, 1);
      const fan = dims.length > 1 ? elements / dims[0]! : 1;
      const scale = spread ?? Math.sqrt(3 / fan);
      return constant(
        1,
        dims,
        Float32Array.from({ length: elements }, () => (2 * rng.next() - 1) * scale),
      );
    },
    floats: (values, dims = [values.length]) => constant(1, dims, Float32Array.from(values)),
    integers: (values, dims = [values.length]) => constant(7, dims, BigInt64Array.from(values, BigInt)),
    numbers(dataType, values, dims) {
      const name = `w${initializers.length}`;
      const pairs = Array.from({ length: Math.ceil(values.length / 2) }, (_, i) => 2 * i);
      const packed = pairs.map((i) => (values[i]! & 15) | (((values[i + 1] ?? 0) & 15) << 4));
      initializers.push({ name, dataType, dims, int32Data: dataType === 22 ? packed : values });
      return name;
    },
    declare: (name, dims) => void declared.push(typeInfo(name, dims, 1)),
    bytes(...outputs) {
      return encodeModel({
        irVersion: 8,
        producerName: 'pytorch',
        graph: {
          name: 'main_graph',
          node: nodes,
          initializer: initializers,
          input: inputs,
          output: outputs.map((name) => ({ name })),
          valueInfo: declared,
        },
        opsetImport: [
          { domain: '', version: opset },
          ...Object.entries(domains).map(([domain, version]) => ({ domain, version })),
        ],
      });
    },
  };
}

/** A number with a fraction, or `{ float }`, is a float; what is neither number nor text is a tensor. */
function attributeOf(name: string, value: Attribute): object {
  if (typeof value === 'string') return { name, type: 3, s: new TextEncoder().encode(value) };
  if (typeof value === 'number')
    return Number.isInteger(value) ? { name, type: 2, i: value } : { name, type: 1, f: value };
  if (Array.isArray(value)) return { name, type: 7, ints: value };
  if ('float' in value) return { name, type: 1, f: value.float };
  return { name, type: 4, t: value };
}
