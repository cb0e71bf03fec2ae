/** An ONNX model under construction: nodes in order, initializers, inputs and outputs, and names that are unique. */
import { encodeModel } from '../../formats/onnx/schema.js';
import { encode } from '../../formats/tflite/data.js';
import type { DType, Quantization, Shape, TensorData } from '../../graph/graph.js';
import { uniqueNames } from '../../graph/names.js';
import { onnxTypeOf } from './types.js';

/** How the integers that a real value stands for are stored. */
export interface Stored {
  readonly quantization: Quantization;
  readonly dtype: DType;
}

/** A value in the file. Its name may change until the file is written. */
export interface Value {
  name: string;
  /** Given by a node, and without a name of its own so far. */
  free: boolean;
  /** Of what DequantizeLinear gives. */
  stored?: Stored;
  /** Of such values, moved: QuantizeLinear stores them so, and without loss. */
  moved?: Stored;
  /** That and DequantizeLinear behind it. */
  settled?: Value;
}

/** An input or output of the model, as the file has it. */
export interface TensorInfo {
  readonly name: string;
  readonly dtype: DType;
  readonly shape: Shape;
}

/** A number is an int, `{ float }` a float. */
export type Attribute = number | string | readonly number[] | { readonly float: number };
export type Attributes = Readonly<Record<string, Attribute>>;

/** Of an absent optional input. */
export const absent: Value = { name: '', free: false };

/** QuantizeLinear and DequantizeLinear of int16 and int4 came with this one (ONNX 1.16, IR version 10). */
const opset = 21;
const irVersion = 10;

interface Node {
  readonly type: string;
  name: string;
  readonly inputs: readonly Value[];
  readonly outputs: readonly Value[];
  readonly attributes: Attributes;
}

/** An op of the graph under construction. */
interface Place {
  readonly name: string;
  /** There is a node that has its very name. */
  main: boolean;
  readonly helpers: Node[];
}

/** Nodes that prepare what others compute with. */
const helpers: ReadonlySet<string> = new Set([
  'Cast',
  'DequantizeLinear',
  'QuantizeLinear',
  'Reshape',
  'Transpose',
]);

export class ModelWriter {
  readonly unique = uniqueNames();
  private readonly nodeName = uniqueNames();
  private readonly nodes: Node[] = [];
  private readonly initializers: object[] = [];
  readonly inputs: TensorInfo[] = [];
  readonly outputs: TensorInfo[] = [];
  private readonly shared = new Map<string, Value>();
  private place: Place = { name: 'model', main: false, helpers: [] };

  /** All that follows belongs to this op. */
  at(name: string): void {
    this.nameHelper();
    this.place = { name, main: false, helpers: [] };
  }

  /** An op that is made of nothing else gives its name to the last of them. */
  private nameHelper(): void {
    const { name, main, helpers } = this.place;
    const last = helpers.at(-1);
    if (!main && last) last.name = this.nodeName(name);
  }

  /** What `make` makes belongs to something else, such as a tensor. */
  within<T>(name: string, make: () => T): T {
    const place = this.place;
    this.place = { name, main: true, helpers: [] };
    try {
      return make();
    } finally {
      this.place = place;
    }
  }

  node(type: string, inputs: readonly Value[], attributes: Attributes = {}): Value {
    return this.nodeOf(1, type, inputs, attributes)[0]!;
  }

  nodeOf(count: number, type: string, inputs: readonly Value[], attributes: Attributes = {}): Value[] {
    const isMain = !this.place.main && !helpers.has(type);
    const name = this.nodeName(isMain ? this.place.name : `${this.place.name}/${type}`);
    const outputs = Array.from({ length: count }, () => ({
      name: this.unique(`${this.place.name}/${type}_output`),
      free: true,
    }));
    const node = { type, name, inputs, outputs, attributes };
    this.nodes.push(node);
    if (isMain) this.place.main = true;
    else this.place.helpers.push(node);
    return outputs;
  }

  /** @param name that nothing else has */
  initializer(
    dtype: DType,
    dims: Shape,
    data: TensorData,
    name = this.unique(`${this.place.name}/constant`),
  ): Value {
    const value = { name, free: false };
    const rawData = encode(data, dtype);
    this.initializers.push({ name: value.name, dataType: onnxTypeOf[dtype], dims, rawData });
    return value;
  }

  /** int64 values, as shapes, axes and sizes are. Equal ones are one. */
  integers(values: readonly number[], dims: Shape = [values.length]): Value {
    return this.once(`int64 [${dims}] ${values}`, () =>
      this.initializer('int64', dims, BigInt64Array.from(values, BigInt)),
    );
  }

  /** One value of any type. Equal ones are one. */
  scalar(dtype: DType, value: number): Value {
    // −0 and 0 are two.
    const key = `${dtype} ${Object.is(value, -0) ? '-0' : value}`;
    return this.once(key, () => this.initializer(dtype, [], dataOf(dtype, value)));
  }

  private once(key: string, make: () => Value): Value {
    const known = this.shared.get(key) ?? make();
    this.shared.set(key, known);
    return known;
  }

  input(name: string, dtype: DType, shape: Shape): Value {
    this.inputs.push({ name, dtype, shape });
    return { name, free: false };
  }

  /** A name that nothing has yet is the value's own from now on; a value that has one already is handed on. */
  output(value: Value, name: string, dtype: DType, shape: Shape): void {
    let given = value;
    if (!value.free && value.name !== name) given = this.node('Identity', [value]);
    this.rename(given, name);
    this.outputs.push({ name, dtype, shape });
  }

  rename(value: Value, name: string): void {
    value.name = name;
    value.free = false;
  }

  bytes(graphName: string): Uint8Array {
    this.nameHelper();
    return encodeModel({
      irVersion,
      producerName: 'crimp',
      graph: {
        name: graphName,
        node: this.nodes.map(({ type, name, inputs, outputs, attributes }) => ({
          opType: type,
          name,
          input: inputs.map((value) => value.name),
          output: outputs.map((value) => value.name),
          attribute: Object.entries(attributes).map(([key, value]) => attributeOf(key, value)),
        })),
        initializer: this.initializers,
        input: this.inputs.map(infoOf),
        output: this.outputs.map(infoOf),
      },
      opsetImport: [{ domain: '', version: opset }],
    });
  }
}

export function dataOf(dtype: DType, value: number): TensorData {
  switch (dtype) {
    case 'float32':
      return Float32Array.of(value);
    case 'int64':
      return BigInt64Array.of(BigInt(value));
    case 'int32':
      return Int32Array.of(value);
    case 'int16':
      return Int16Array.of(value);
    case 'uint8':
    case 'bool':
      return Uint8Array.of(value);
    default:
      return Int8Array.of(value);
  }
}

function infoOf({ name, dtype, shape }: TensorInfo): object {
  const dim = shape.map((dimValue) => ({ dimValue }));
  return { name, type: { tensorType: { elemType: onnxTypeOf[dtype], shape: { dim } } } };
}

/** AttributeProto's types: 1 float, 2 int, 3 string, 7 ints. */
function attributeOf(name: string, value: Attribute): object {
  if (typeof value === 'string') return { name, type: 3, s: new TextEncoder().encode(value) };
  if (typeof value === 'number') return { name, type: 2, i: value };
  return 'float' in value ? { name, type: 1, f: value.float } : { name, type: 7, ints: value };
}
