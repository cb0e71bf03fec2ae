/** A layer as its importer sees it: options, inputs, weights, and the graph to write to. */
import type { Shape } from '../../graph/graph.js';
import type { Options } from './options.js';
import { type AnyValue, Unknown, Unsupported, type Value } from './value.js';
import type { Weights } from './weights.js';
import type { Writer } from './writer.js';

/** Reads all options before it asks for an input: then they are judged even behind an unsupported layer. */
export type LayerImporter = (layer: Layer) => Value | readonly Value[];

export class Layer {
  constructor(
    readonly name: string,
    readonly options: Options,
    readonly graph: Writer,
    private readonly given: readonly AnyValue[],
    private readonly weights: Weights,
    /** Names of the models that the layer lies in, below the outermost. */
    private readonly scope: readonly string[] = [],
  ) {}

  /** The same layer by another name: weights are looked up, and ops called, by that. */
  renamed(name: string): Layer {
    return new Layer(name, this.options, this.graph, this.given, this.weights, this.scope);
  }

  /** A layer within this one, over the same inputs. */
  within(name: string): Layer {
    const scope = [...this.scope, this.name];
    return new Layer(name, this.options, this.graph, this.given, this.weights, scope);
  }

  /** The layer as if it had other options. */
  told(options: Options): Layer {
    return new Layer(this.name, options, this.graph, this.given, this.weights, this.scope);
  }

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

  /**
   * Values of a weight, in the order of its own axes. @param roles by which it goes, the first one in messages
   * @throws Unsupported for a weight of another shape
   */
  weight(roles: string | readonly [string, ...string[]], shape: Shape): Float32Array {
    const names = typeof roles === 'string' ? [roles] : roles;
    const found = names
      .map((role) => this.weights.find(this.name, role, this.scope))
      .find((weight) => weight);
    return this.weights.values(found, `${this.name}/${names[0]}`, shape);
  }

  /** Whether there is a weight that is one number. */
  hasScalar(role: string): boolean {
    return this.weights.find(this.name, role, this.scope)?.shape.length === 0;
  }

  /** The weight as a constant of its own, under its own name. */
  constant(role: string, data: Float32Array, shape?: Shape): number {
    return this.graph.floats(`${this.name}/${role}`, data, shape);
  }
}
