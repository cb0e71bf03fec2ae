/** GraphModels of TensorFlow.js written node by node, as the converter writes them. */
import type * as T from '@tensorflow/tfjs';
import { elementCount } from '../../src/graph/access.js';
import { inspectModel } from '../../src/importers/index.js';
import { random } from '../property/random.js';

type Attributes = Record<string, unknown>;

export const base64 = (text: string) => Buffer.from(text).toString('base64');
export const ints = (...list: number[]) => ({ list: { i: list.map(String) } });
const float = { type: 'DT_FLOAT' };
const shapeOf = (dims: readonly number[]) => ({ dim: dims.map((size) => ({ size: String(size) })) });

export class GraphDef {
  readonly nodes: object[] = [];
  private readonly specs: T.io.WeightsManifestEntry[] = [];
  private readonly data: Buffer[] = [];
  private readonly rng = random(11);

  node(name: string, op: string, input: readonly string[], attr: Attributes = {}): string {
    this.nodes.push({ name, op, input, attr: { T: float, ...attr } });
    return name;
  }

  input(name: string, ...dims: number[]): string {
    return this.node(name, 'Placeholder', [], { dtype: float, shape: { shape: shapeOf([-1, ...dims]) } });
  }

  weights(name: string, ...shape: number[]): string {
    const spread = 2 / Math.sqrt(elementCount(shape.slice(0, -1)));
    const values = Float32Array.from({ length: elementCount(shape) }, () => (this.rng.next() - 0.5) * spread);
    return this.constant(name, 'float32', shape, Buffer.from(values.buffer));
  }

  floats(name: string, values: readonly number[], shape: readonly number[] = [values.length]): string {
    return this.constant(name, 'float32', shape, Buffer.from(Float32Array.from(values).buffer));
  }

  integers(name: string, values: readonly number[], shape: readonly number[] = [values.length]): string {
    return this.constant(name, 'int32', shape, Buffer.from(Int32Array.from(values).buffer));
  }

  private constant(
    name: string,
    dtype: 'float32' | 'int32',
    shape: readonly number[],
    bytes: Buffer,
  ): string {
    this.specs.push({ name, dtype, shape: [...shape] });
    this.data.push(bytes);
    const type = { type: dtype === 'int32' ? 'DT_INT32' : 'DT_FLOAT' };
    this.nodes.push({
      name,
      op: 'Const',
      attr: { dtype: type, value: { tensor: { dtype: type.type, tensorShape: shapeOf(shape) } } },
    });
    return name;
  }

  artifacts(...outputs: string[]) {
    const whole = Buffer.concat(this.data);
    const signature = {
      outputs: Object.fromEntries(outputs.map((name) => [name, { name: `${name}:0`, dtype: 'DT_FLOAT' }])),
    };
    const modelTopology = { node: this.nodes, versions: { producer: 1 } };
    const weightData = new Uint8Array(whole).buffer;
    const json = { format: 'graph-model', modelTopology, signature };
    const memory = { ...json, weightSpecs: this.specs, weightData } as T.io.ModelArtifacts;
    const weightsManifest = [{ paths: ['all.bin'], weights: this.specs }];
    const bytes = new TextEncoder().encode(JSON.stringify({ ...json, weightsManifest }));
    const options = { name: 'model', file: 'model.json', readBeside: () => new Uint8Array(weightData) };
    return {
      memory,
      bytes,
      weights: new Uint8Array(weightData),
      inspected: () => inspectModel(bytes, options),
    };
  }
}
