/**
 * Weights as TensorFlow.js stores them: the shards of a group are one stream of bytes, and in it the weights of the
 * manifest follow each other without gaps, little-endian. Quantized ones are q · scale + min, or 16-bit floats.
 * tfjs-core: io/io_utils.ts, io/types.ts (DTYPE_VALUE_SIZE_MAP).
 */

import { elementCount } from '../../graph/access.js';
import type { Shape } from '../../graph/graph.js';
import { float16Value } from '../../numerics/float16.js';
import { field, listOf, shown, sizesOf, stringOf } from './json.js';
import { Unknown, Unsupported } from './value.js';

export interface Weight {
  readonly name: string;
  readonly shape: Shape;
  /** As the model computes with it. */
  readonly dtype: string;
  /** Absent when its shard is missing or too short, which has been told. */
  readonly read?: () => Float32Array;
}

/** A weight's bytes by what it is stored as. */
const bytesOf: Readonly<Record<string, number>> = {
  float32: 4,
  int32: 4,
  bool: 1,
  uint8: 1,
  uint16: 2,
  float16: 2,
  complex64: 8,
};

export class Weights {
  private readonly byName = new Map<string, Weight | undefined>();

  constructor(weights: Iterable<Weight>) {
    const list = [...weights];
    for (const weight of list) this.byName.set(weight.name, weight);
    // TensorFlow 2.2 writes layer/cell/weight, and nested models their own names in front.
    for (const weight of list) {
      const parts = weight.name.split('/');
      for (const name of [[...parts.slice(0, -2), ...parts.slice(-1)].join('/'), parts.slice(-2).join('/')]) {
        if (!this.byName.has(name)) this.byName.set(name, weight);
      }
    }
  }

  /** @param scope names of the models that the layer lies in: files have all of them in front, some, or none */
  find(layer: string, role: string, scope: readonly string[] = []): Weight | undefined {
    for (let depth = scope.length; depth >= 0; depth--) {
      const found = this.byName.get([...scope.slice(0, depth), layer, role].join('/'));
      if (found) return found;
    }
    return undefined;
  }

  named(name: string): Weight | undefined {
    return this.byName.get(name);
  }

  /** @throws Unsupported when it is not there or of another shape or type; Unknown when its shard is */
  values(weight: Weight | undefined, name: string, shape: Shape): Float32Array {
    if (!weight) throw new Unsupported(`its weights ${name} are not in the file`);
    if (weight.dtype !== 'float32') throw new Unsupported(`its weights ${name} are ${weight.dtype}`);
    if (weight.shape.join() !== shape.join())
      throw new Unsupported(
        `its weights ${name} are of shape [${weight.shape.join(', ')}], not [${shape.join(', ')}]`,
      );
    if (!weight.read) throw new Unknown();
    return weight.read();
  }
}

/** Where the shards' bytes come from, and who is told of what is wrong with them. */
export interface ShardSource {
  /** Undefined when there is no such shard; then that has been told. */
  read(path: string): Uint8Array | undefined;
  damaged(message: string): void;
}

export function readManifest(manifest: unknown, source: ShardSource): Weight[] {
  const groups = listOf(manifest);
  if (!groups) {
    source.damaged('it has no weightsManifest');
    return [];
  }
  return groups.flatMap((group, g) => {
    const paths = listOf(field(group, 'paths'));
    const specs = listOf(field(group, 'weights'));
    if (!paths?.every((path) => typeof path === 'string') || !specs) {
      source.damaged(`group ${g} of its weightsManifest has no paths or no weights`);
      return [];
    }
    const shards = (paths as string[]).map((path) => source.read(path));
    const whole = shards.every((shard) => shard !== undefined);
    return decodeWeights(specs, whole ? joined(shards as Uint8Array[]) : undefined, (message) =>
      source.damaged(`${message} (${shown(paths)})`),
    );
  });
}

/** @param bytes of all of the weights; undefined when they could not be read */
export function decodeWeights(
  specs: readonly unknown[],
  bytes: Uint8Array | undefined,
  damaged: (message: string) => void,
): Weight[] {
  const weights: Weight[] = [];
  let offset = 0;
  for (const [i, spec] of specs.entries()) {
    const [name, dtype] = [stringOf(field(spec, 'name')), stringOf(field(spec, 'dtype'))];
    const shape = sizesOf(field(spec, 'shape'));
    const quantization = field(spec, 'quantization');
    const stored = quantization === undefined ? dtype : stringOf(field(quantization, 'dtype'));
    if (name === undefined || !dtype || !shape || !stored || !(stored in bytesOf || stored === 'string')) {
      damaged(`weight ${i} of the weightsManifest is ${shown(spec)}`);
      return weights;
    }
    const count = elementCount(shape);
    const size = stored === 'string' ? stringBytes(bytes, offset, count) : count * bytesOf[stored]!;
    const stream = bytes?.subarray(offset, offset + size);
    offset += size;
    const read =
      bytes && offset <= bytes.length
        ? () => valuesOf(stream!, stored, quantization, dtype === 'int32')
        : undefined;
    weights.push({ name, shape, dtype, read });
  }
  if (bytes && offset > bytes.length)
    damaged(`the weights take ${offset} bytes, and the shards hold ${bytes.length}`);
  return weights;
}

/** Each string is preceded by its length, 32 bits. */
function stringBytes(bytes: Uint8Array | undefined, start: number, count: number): number {
  if (!bytes) return 0;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let end = start;
  for (let i = 0; i < count; i++) {
    if (end + 4 > bytes.length) return bytes.length - start + 1;
    end += 4 + view.getUint32(end, true);
  }
  return end - start;
}

function valuesOf(bytes: Uint8Array, stored: string, quantization: unknown, rounded: boolean): Float32Array {
  const count = bytes.length / bytesOf[stored]!;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const numbers = (value: (i: number) => number) => {
    const values = new Float32Array(count);
    for (let i = 0; i < count; i++) values[i] = value(i);
    return values;
  };
  const affine = (q: (i: number) => number) => {
    const [scale, min] = [field(quantization, 'scale'), field(quantization, 'min')];
    if (typeof scale !== 'number' || typeof min !== 'number')
      throw new Unsupported(`its weights are quantized by ${shown(quantization)}`);
    return numbers((i) => (rounded ? Math.round(q(i) * scale + min) : q(i) * scale + min));
  };
  switch (stored) {
    case 'float32':
      return numbers((i) => view.getFloat32(4 * i, true));
    case 'int32':
      return numbers((i) => view.getInt32(4 * i, true));
    case 'bool':
      return numbers((i) => bytes[i]!);
    case 'float16':
      return numbers((i) => float16Value(view.getUint16(2 * i, true)));
    case 'uint8':
      return affine((i) => bytes[i]!);
    case 'uint16':
      return affine((i) => view.getUint16(2 * i, true));
    default:
      throw new Unsupported(`its weights are stored as ${stored}`);
  }
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  if (parts.length === 1) return parts[0]!;
  const whole = new Uint8Array(parts.reduce((n, part) => n + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}
