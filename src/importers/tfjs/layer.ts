/** A layer as its importer sees it: options, inputs, weights, and the graph to write to. */
import type { Shape } from '../../graph/graph.js';
import type { Options } from './options.js';
import { type AnyValue, Unknown, Unsupported, type Value } from './value.js';
import type { Weights } from './weights.js';
import type { Writer } from './writer.js';

/** Reads all options before it asks for an input: then they are judged even behind an unsupported layer. */
export type LayerImporter = (layer: Layer) => Value;

export class Layer {
  constructor(
    readonly name: string,
    readonly options: Options,
    readonly graph: Writer,
    private readonly given: readonly AnyValue[],
    private readonly weights: Weights,
  ) {}

  /** @throws Unsupported when options are wrong; Unknown behind an unsupported layer */
  inputs(): Value[] {
    if (this.options.problems.length > 0) throw new Unsupported(this.options.problems.join('; '));
    return this.given.map((value) => {
      if (value.shape === undefined) throw new Unknown();
      return value;
    });
  }

  /** The only input, of the rank that the layer takes, batch included. */
  input(rank?: number): Value {
    const inputs = this.inputs();
    const [value] = inputs;
    if (!value || inputs.length > 1) throw new Unsupported(`has ${inputs.length} inputs; it takes one`);
    if (rank !== undefined && value.shape.length !== rank)
      throw new Unsupported(`has an input of shape [${value.shape.join(', ')}]; it takes rank ${rank}`);
    return value;
  }

  /** Values of a weight, in the order of its own axes. @throws Unsupported for a weight of another shape */
  weight(role: string, shape: Shape): Float32Array {
    return this.weights.values(this.weights.find(this.name, role), `${this.name}/${role}`, shape);
  }

  /** The weight as a constant of its own, under its own name. */
  constant(role: string, data: Float32Array, shape?: Shape): number {
    return this.graph.floats(`${this.name}/${role}`, data, shape);
  }
}
