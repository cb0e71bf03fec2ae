/** The graph under construction: float32 tensors and ops by name. */
import { inputError } from '../../diagnostics.js';
import { elementCount } from '../../graph/access.js';
import type { AnyOp, DType, Graph, Op, OpAttributes, OpType, Shape, Tensor } from '../../graph/graph.js';
import { uniqueNames } from '../../graph/names.js';
import { definitionOf } from '../../ops/registry.js';
import { Unsupported, type Value } from './value.js';

/** Beyond this a shape is a mistake, not a layer: no microcontroller has the memory. */
const maxElements = 2 ** 26;
/** Of all constants together: layers that are called often could multiply what the file holds. */
const maxConstants = 2 ** 26;

export class Writer {
  readonly tensors: Tensor[] = [];
  readonly ops: AnyOp[] = [];
  readonly inputs: number[] = [];
  private readonly tensorName = uniqueNames();
  private readonly opName = uniqueNames();
  private constants = 0;

  /** @throws Unsupported for a shape that nothing can have */
  input(name: string, shape: Shape): Value {
    const value = { tensor: this.add(name, shape), shape };
    this.inputs.push(value.tensor);
    return value;
  }

  /** Appends an op and its output, both of this name. @throws Unsupported for a shape that nothing can have */
  op<T extends OpType>(
    type: T,
    name: string,
    inputs: readonly number[],
    attributes: OpAttributes[T],
    shape: Shape,
    dtype: DType = 'float32',
  ): Value {
    const tensor = this.add(name, shape, dtype);
    this.ops.push({
      type,
      name: this.opName(name),
      inputs,
      outputs: [tensor],
      attributes,
    } as unknown as AnyOp);
    return { tensor, shape };
  }

  /** Appends an op with an output of each of the shapes. */
  several<T extends OpType>(
    type: T,
    name: string,
    inputs: readonly number[],
    attributes: OpAttributes[T],
    shapes: readonly Shape[],
  ): number[] {
    const outputs = shapes.map((shape, i) => this.add(i === 0 ? name : `${name}:${i}`, shape));
    this.ops.push({ type, name: this.opName(name), inputs, outputs, attributes } as unknown as AnyOp);
    return outputs;
  }

  /**
   * Appends an op whose shapes follow from its inputs. @param count of its outputs
   * @throws Unsupported with what the operator says against the inputs
   */
  inferred<T extends OpType>(
    type: T,
    name: string,
    inputs: readonly number[],
    attributes: OpAttributes[T],
    { count = 1, dtype = 'float32' }: { readonly count?: number; readonly dtype?: DType } = {},
  ): Value[] {
    const outputs = Array.from({ length: count }, (_, i) => this.tensors.length + i);
    const op = { type, name, inputs, outputs, attributes } as unknown as Op<T>;
    const definition = definitionOf(op);
    const graphWith = (shapes: readonly Shape[]): Graph => {
      const added: Tensor[] = outputs.map((_, i) => ({ name, dtype, shape: shapes[i] ?? [1] }));
      return { name, tensors: [...this.tensors, ...added], ops: [], inputs: [], outputs: [] };
    };
    // Checks may compare the output that is declared, so it is inferred before, of inputs that may be unsound.
    let shapes: readonly Shape[] = [];
    try {
      shapes = definition.infer(op, graphWith([]));
    } catch {
      // The check says why.
    }
    const problems = definition.check(op, graphWith(shapes));
    if (problems.length > 0) throw new Unsupported(problems.map(({ message }) => message).join('; '));
    if (shapes.length !== count) throw new Unsupported(`gives ${shapes.length} values, not ${count}`);
    if (count > 1) {
      const tensors = this.several(type, name, inputs, attributes, shapes);
      return tensors.map((tensor, i) => ({ tensor, shape: shapes[i]! }));
    }
    return [this.op(type, name, inputs, attributes, shapes[0]!, dtype)];
  }

  /** Keeps its value from inference to inference; zeros at first. */
  state(name: string, shape: Shape): number {
    const state = this.add(name, shape);
    this.tensors[state] = { ...this.tensors[state]!, initial: new Float32Array(elementCount(shape)) };
    return state;
  }

  /** The value as int32 numbers: an input of the model becomes one of them, anything else is cast. */
  integersOf(name: string, { tensor, shape }: Value): number {
    const given = this.tensors[tensor]!;
    if (given.dtype === 'int32') return tensor;
    const read = this.ops.some((op) => op.inputs.includes(tensor));
    if (read || !this.inputs.includes(tensor))
      return this.op('CAST', name, [tensor], {}, shape, 'int32').tensor;
    this.tensors[tensor] = { ...given, dtype: 'int32' };
    return tensor;
  }

  floats(name: string, data: Float32Array, shape: Shape = [data.length]): number {
    this.constants += data.length;
    if (this.constants > maxConstants) {
      const hint = 'No target has that much memory; if the model is smaller, its file is damaged.';
      throw inputError('model-too-large', `it has more than ${maxConstants} weights`, hint);
    }
    return this.tensors.push({ name: this.tensorName(name), dtype: 'float32', shape, data }) - 1;
  }

  integers(name: string, values: readonly number[], shape: Shape = [values.length]): number {
    const data = Int32Array.from(values);
    return this.tensors.push({ name: this.tensorName(name), dtype: 'int32', shape, data }) - 1;
  }

  reshape(name: string, { tensor }: Value, shape: Shape): Value {
    return this.op('RESHAPE', name, [tensor], { newShape: shape }, shape);
  }

  private add(name: string, shape: Shape, dtype: DType = 'float32'): number {
    if (!shape.every((d) => Number.isInteger(d) && d > 0) || elementCount(shape) > maxElements)
      throw new Unsupported(`gives a value of shape [${shape.join(', ')}]`);
    return this.tensors.push({ name: this.tensorName(name), dtype, shape }) - 1;
  }
}
