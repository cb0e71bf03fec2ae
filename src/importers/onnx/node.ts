/** A node of the model: its attributes by name and type. */
import { type AttributeProto, type NodeProto, toNumber } from '../../formats/onnx/schema.js';
import { constantOf } from './tensor_proto.js';
import { type Constant, Unsupported } from './value.js';

export interface Node {
  /** What the user reads: the node's name, or its first output's. */
  readonly name: string;
  readonly type: string;
  /** Of the operator set that the node's domain has in this model. */
  readonly opset: number;
  readonly outputs: readonly string[];
  number(name: string): number | undefined;
  string(name: string): string | undefined;
  numbers(name: string): number[] | undefined;
  strings(name: string): string[] | undefined;
  /** @throws Unsupported for data that cannot be read */
  tensor(name: string): Constant | undefined;
}

/** AttributeProto.AttributeType. */
const types = { float: 1, int: 2, string: 3, tensor: 4, floats: 6, ints: 7, strings: 8 } as const;

export function nodeOf(proto: NodeProto, opset: number, index: number): Node {
  const attributes = new Map(proto.attribute.map((a) => [a.name, a]));
  const find = (name: string, ...wanted: readonly number[]): AttributeProto | undefined => {
    const found = attributes.get(name);
    // Very old writers left the type out.
    if (!found || wanted.includes(found.type) || found.type === 0) return found;
    throw new Unsupported(`has an attribute ${name} of another type than ONNX gives it`);
  };
  return {
    name: proto.name || proto.output.find((name) => name !== '') || `${proto.opType}_${index}`,
    type:
      proto.domain === '' || proto.domain === 'ai.onnx' ? proto.opType : `${proto.domain}.${proto.opType}`,
    opset,
    outputs: proto.output,
    number(name) {
      const found = find(name, types.float, types.int);
      return found && (found.type === types.float ? found.f : toNumber(found.i));
    },
    string(name) {
      const found = find(name, types.string);
      return found && new TextDecoder().decode(found.s);
    },
    numbers(name) {
      const found = find(name, types.floats, types.ints);
      return found && (found.type === types.floats ? [...found.floats] : found.ints.map(toNumber));
    },
    strings(name) {
      return find(name, types.strings)?.strings.map((bytes) => new TextDecoder().decode(bytes));
    },
    tensor(name) {
      const proto = find(name, types.tensor)?.t;
      if (!proto) return undefined;
      const constant = constantOf(proto);
      if ('reason' in constant) throw new Unsupported(`its ${name} ${constant.reason}`);
      return constant;
    },
  };
}
