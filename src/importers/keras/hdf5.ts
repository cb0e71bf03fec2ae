/**
 * HDF5 as Keras writes it through h5py, read by jsfive, which is loaded with the first such file. jsfive believes all that
 * a file says of itself, and throws whatever it stumbles over: counts are held against the file before they are used, and
 * everything thrown becomes a DamagedHdf5. HDF5 File Format Specification 3.0, IV.A.2.
 */
import { createRequire } from 'node:module';
import { elementCount } from '../../graph/access.js';
import type { Shape } from '../../graph/graph.js';

const signature = [0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a];
/** Beyond this a variable is damage: no microcontroller has the memory. */
const maxElements = 2 ** 26;

/** The file cannot be read on; the message follows "the file is damaged". */
export class DamagedHdf5 extends Error {}

/** A dataset: numbers in the order of their axes. */
export interface Variable {
  readonly shape: Shape;
  /** float32 for whatever is floating point; otherwise as NumPy names it. */
  readonly dtype: string;
  /** @throws DamagedHdf5 */
  read(): Float32Array;
}

/** What is used of jsfive's groups and datasets; it comes without types. */
interface Node {
  readonly keys: readonly string[];
  readonly attrs: Readonly<Record<string, unknown>>;
  readonly shape: readonly number[];
  readonly dtype: unknown;
  readonly value: readonly unknown[] | undefined;
  readonly _dataobjects: {
    readonly is_dataset: boolean;
    readonly chunks: readonly number[] | null;
    determine_data_shape(buffer: ArrayBuffer, offset: number): readonly number[];
  };
  get(path: string): Node | null;
}

export function isHdf5(bytes: Uint8Array): boolean {
  return signature.every((byte, i) => bytes[i] === byte);
}

export class Hdf5 {
  /** By path; jsfive reads a group anew whenever it is asked for. */
  private readonly nodes = new Map<string, Node | undefined>();

  /** @throws DamagedHdf5, as all of its methods do */
  constructor(private readonly bytes: Uint8Array) {
    const root = guarded(() => {
      const { File } = createRequire(import.meta.url)('jsfive') as { File: new (bytes: ArrayBuffer) => Node };
      return new File(new Uint8Array(bytes).buffer);
    });
    this.nodes.set('', root);
  }

  /** Names of what a group holds; none where there is no such group. */
  members(path: string): readonly string[] {
    return guarded(() => {
      const group = this.at(path);
      return group && !group._dataobjects.is_dataset ? group.keys : [];
    });
  }

  attribute(path: string, name: string): unknown {
    return guarded(() => {
      const node = this.at(path);
      if (!node) return undefined;
      const objects = node._dataobjects;
      const shapeAt = objects.determine_data_shape.bind(objects);
      objects.determine_data_shape = (buffer, offset) => {
        const shape = shapeAt(buffer, offset);
        if (elementCount(shape) <= this.bytes.length) return shape;
        throw new DamagedHdf5(`an attribute of ${path} is of shape [${shape.join(', ')}]`);
      };
      const { attrs } = node;
      return Object.hasOwn(attrs, name) ? plain(attrs[name]) : undefined;
    });
  }

  variable(path: string): Variable | undefined {
    return guarded(() => {
      const node = this.at(path);
      if (!node?._dataobjects.is_dataset) return undefined;
      const shape = [...node.shape];
      const chunk = elementCount(node._dataobjects.chunks ?? []);
      if (!(elementCount(shape) <= maxElements && chunk <= maxElements))
        throw new DamagedHdf5(`${path} is of shape [${shape.join(', ')}]`);
      return { shape, dtype: this.dtypeOf(node, path), read: () => valuesOf(node, shape, path) };
    });
  }

  private dtypeOf({ dtype }: Node, path: string): string {
    const [, kind, size] = (typeof dtype === 'string' && /^[<>](f|i|u)(\d)$/.exec(dtype)) || [];
    if (!kind) return 'no number';
    // The dtype's own layout is not read: bfloat16 would pass for float16.
    if (kind === 'f' && size === '2' && this.attribute(path, 'dtype') === 'bfloat16') return 'bfloat16';
    return kind === 'f' ? 'float32' : `${kind === 'i' ? 'int' : 'uint'}${8 * Number(size)}`;
  }

  private at(path: string): Node | undefined {
    const names = path.split('/').filter((part) => part !== '');
    const key = names.join('/');
    if (!this.nodes.has(key)) {
      const [last, group] = [names.pop()!, this.at(names.join('/'))];
      const found = group && !group._dataobjects.is_dataset && group.keys.includes(last);
      this.nodes.set(key, found ? (group.get(last) ?? undefined) : undefined);
    }
    return this.nodes.get(key);
  }
}

function valuesOf(node: Node, shape: Shape, path: string): Float32Array {
  const values = guarded(() => node.value);
  const count = elementCount(shape);
  if (values === undefined) throw new DamagedHdf5(`${path} is stored in a way that cannot be read`);
  if (values.length !== count) throw new DamagedHdf5(`${path} holds ${values.length} values of ${count}`);
  const numbers = new Float32Array(count);
  for (let i = 0; i < count; i++) {
    const value = values[i];
    if (typeof value !== 'number') throw new DamagedHdf5(`${path} is stored in part only`);
    numbers[i] = value;
  }
  return numbers;
}

/** Strings of fixed length are filled up with zeros. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  return typeof value === 'string' ? value.replace(/\0+$/, '') : value;
}

function guarded<T>(read: () => T): T {
  // It would tell the terminal of attributes that it does not know.
  const { warn } = console;
  console.warn = () => {};
  try {
    return read();
  } catch (thrown) {
    if (thrown instanceof DamagedHdf5) throw thrown;
    const why = typeof thrown === 'string' && thrown.length < 100 ? thrown : 'an address leads astray';
    throw new DamagedHdf5(why);
  } finally {
    console.warn = warn;
  }
}
