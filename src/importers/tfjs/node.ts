/** A node of a GraphModel as its importer sees it: attributes, inputs that are computed or constant, and the graph. */
import { elementCount } from '../../graph/access.js';
import type { Shape } from '../../graph/graph.js';
import type { Options } from './options.js';
import { type AnyValue, Unknown, Unsupported, type Value } from './value.js';
import type { Weight } from './weights.js';
import type { Writer } from './writer.js';

export interface Constant {
  readonly name: string;
  readonly shape: Shape;
  readonly values: Float32Array;
}

export type NodeInput = AnyValue | { readonly weight: Weight };

/** Reads all attributes before it asks for an input, as importers of layers do. */
export type NodeImporter = (node: Node) => Value | readonly Value[];

export class Node {
  constructor(
    readonly name: string,
    readonly type: string,
    readonly options: Options,
    readonly graph: Writer,
    readonly given: readonly NodeInput[],
  ) {}

  isConstant(i: number): boolean {
    const input = this.given[i];
    return input !== undefined && 'weight' in input;
  }

  /** A computed input, of the rank that the node takes. */
  value(i: number, rank?: number): Value {
    const input = this.judged(i);
    if ('weight' in input) throw new Unsupported(`has a constant as input ${i}`);
    if (input.shape === undefined) throw new Unknown();
    if (rank !== undefined && input.shape.length !== rank)
      throw new Unsupported(`has an input of shape [${input.shape.join(', ')}]; it takes rank ${rank}`);
    return input;
  }

  constant(i: number): Constant {
    const input = this.judged(i);
    if (!('weight' in input)) throw new Unsupported(`computes its input ${i}; only a constant can be`);
    const { name, shape, read } = input.weight;
    if (!read) throw new Unknown();
    return { name, shape, values: read() };
  }

  integers(i: number): readonly number[] {
    return [...this.constant(i).values];
  }

  /** A constant or computed input as an operand of an elementwise op. */
  operand(i: number): Value {
    if (!this.isConstant(i)) return this.value(i);
    const { name, shape, values } = this.constant(i);
    return { tensor: this.graph.floats(name, values, shape), shape };
  }

  /** A constant input as a tensor of int32, of its own shape. */
  table(i: number): number {
    const { name, shape, values } = this.constant(i);
    return this.graph.integers(name, [...values], shape);
  }

  /** A vector of one value a channel. */
  vector(i: number, length: number): number {
    const { name, shape, values } = this.constant(i);
    if (values.length !== length || elementCount(shape) !== length)
      throw new Unsupported(`has ${values.length} biases for ${length} channels`);
    return this.graph.floats(name, values);
  }

  private judged(i: number): NodeInput {
    if (this.options.problems.length > 0) throw new Unsupported(this.options.problems.join('; '));
    const input = this.given[i];
    if (!input) throw new Unsupported(`has no input ${i}`);
    return input;
  }
}
