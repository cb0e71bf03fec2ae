/**
 * The tensors of a graph as values of an ONNX model: real ones, which nodes compute with, and raw ones as the graph stores
 * them. Between the two of a quantized tensor stand QuantizeLinear and DequantizeLinear; each form is made once, when it is
 * first asked for.
 */
import { allocate, elementCount } from '../../graph/access.js';
import type { Graph, Quantization, Shape, Tensor } from '../../graph/graph.js';
import { eachAxisIn, isIdentity, type Layout, shapeIn } from './layout.js';
import { type Attributes, ModelWriter, type Stored, type Value } from './model_writer.js';
import { permuted } from './permuted.js';

/** Why an op cannot be exported: it becomes a diagnostic. Never leaves the exporter. */
export class CannotExport extends Error {}

/** What there is of a tensor in one layout. */
interface Forms {
  /** Before it is quantized. */
  precise?: Value;
  raw?: Value;
  real?: Value;
}

interface Known {
  /** That in which it was computed. */
  readonly layout: Layout;
  readonly forms: Map<Layout, Forms>;
  /** Of a flat one: the image that it was. */
  readonly image?: Shape;
}

/** Nodes whose output has nothing but values of their first input. */
const movers: ReadonlySet<string> = new Set([
  'DepthToSpace',
  'Expand',
  'Gather',
  'GatherND',
  'MaxPool',
  'Reshape',
  'Slice',
  'SpaceToDepth',
  'Tile',
  'Transpose',
]);

const quantizedTypes: readonly string[] = ['int4', 'int8', 'uint8', 'int16'];

/** Whether its values stand for real ones; integers without a scale are themselves. */
export function isQuantized({ dtype, quantization }: Tensor): boolean {
  return quantizedTypes.includes(dtype) && (quantization?.scale[0] ?? 0) > 0;
}

export function isSameQuantization(a: Quantization, b: Quantization): boolean {
  return a.scale[0] === b.scale[0] && a.zeroPoint[0] === b.zeroPoint[0];
}

export class Exporter {
  readonly writer = new ModelWriter();
  private readonly known = new Map<number, Known>();
  private readonly constants = new Map<string, Value>();
  /** By tensor: its own, unless another has it as well. Those that a user sees come first. */
  readonly names: readonly string[];
  private readonly taken = new Set<number>();
  private readonly declared = new Set<number>();
  /** Of an op that copies integers as they stand, whatever the scales: that which its inputs are read with. */
  reading: Stored | undefined;

  constructor(readonly graph: Graph) {
    const { tensors, inputs, outputs } = graph;
    const names: string[] = [];
    for (const t of new Set([...inputs, ...outputs, ...tensors.keys()])) {
      names[t] = this.writer.unique(tensors[t]!.name || `tensor_${t}`);
    }
    this.names = names;
  }

  tensor(index: number): Tensor {
    return this.graph.tensors[index]!;
  }

  layoutOf(tensor: number): Layout {
    return this.known.get(tensor)?.layout ?? 'last';
  }

  /** The image that a flat tensor was. */
  imageOf(tensor: number): Shape | undefined {
    return this.known.get(tensor)?.image;
  }

  /** The layout in which ops that do not care take these: channels first where one of the largest rank lies so. */
  commonLayout(...tensors: readonly number[]): Layout {
    const rank = Math.max(...tensors.map((t) => this.tensor(t).shape.length));
    const first = tensors.some((t) => this.layoutOf(t) === 'first' && this.tensor(t).shape.length === rank);
    return first ? 'first' : 'last';
  }

  /** A value of the file for an input or a state of the graph. @param layout that in which it is best computed with */
  declare(tensor: number, value: Value, given: Layout, layout = given): void {
    const form = isQuantized(this.tensor(tensor)) ? { raw: value } : { real: value };
    this.declared.add(tensor);
    this.known.set(tensor, { layout, forms: new Map([[given, form]]) });
  }

  /** An op's output has this value, which is real if the tensor is quantized. Written again, a state has a new one. */
  write(tensor: number, value: Value, layout: Layout = 'last', image?: Shape): void {
    const form = isQuantized(this.tensor(tensor)) ? { precise: value } : { real: value };
    this.known.set(tensor, { layout, forms: new Map([[layout, form]]), ...(image && { image }) });
  }

  /** The same for a value that is as the graph stores it. */
  writeRaw(tensor: number, value: Value, layout: Layout = 'last'): void {
    const form = isQuantized(this.tensor(tensor)) ? { raw: value } : { real: value };
    this.known.set(tensor, { layout, forms: new Map([[layout, form]]) });
  }

  /** What nodes compute with. */
  real(tensor: number, layout: Layout = 'last'): Value {
    if (this.tensor(tensor).data) return this.constant(tensor, layout);
    const reading = this.readingOf(tensor);
    return this.named(tensor, () => {
      if (!reading) return this.realForm(tensor, layout);
      return this.dequantized(this.rawForm(tensor, layout), reading.quantization, reading.dtype);
    });
  }

  /** Where it is not the tensor's own. */
  private readingOf(tensor: number): Stored | undefined {
    const { dtype, quantization } = this.tensor(tensor);
    if (!this.reading || this.reading.dtype !== dtype || !isQuantized(this.tensor(tensor))) return undefined;
    return isSameQuantization(quantization!, this.reading.quantization) ? undefined : this.reading;
  }

  /** What the graph stores. */
  raw(tensor: number, layout: Layout = 'last'): Value {
    const { data, dtype, shape } = this.tensor(tensor);
    if (data) {
      return this.once(tensor, 'raw', () =>
        this.writer.initializer(dtype, shape, data, this.constantName(tensor)),
      );
    }
    return this.named(tensor, () => {
      if (!isQuantized(this.tensor(tensor))) return this.realForm(tensor, layout);
      return this.rawForm(tensor, layout);
    });
  }

  private rawForm(tensor: number, layout: Layout): Value {
    const form = this.form(tensor, layout);
    form.raw ??= this.quantized(
      form.precise ?? this.moved(tensor, layout),
      this.tensor(tensor).quantization!,
      this.tensor(tensor).dtype,
    );
    return form.raw;
  }

  private realForm(tensor: number, layout: Layout): Value {
    const form = this.form(tensor, layout);
    if (!form.real) {
      const quantized = isQuantized(this.tensor(tensor));
      if (quantized && !form.raw) form.precise ??= this.moved(tensor, layout);
      form.real = quantized
        ? this.dequantized(
            this.rawForm(tensor, layout),
            this.tensor(tensor).quantization!,
            this.tensor(tensor).dtype,
          )
        : this.moved(tensor, layout);
    }
    return form.real;
  }

  private form(tensor: number, layout: Layout): Forms {
    const { forms } = this.known.get(tensor)!;
    const form = forms.get(layout) ?? {};
    forms.set(layout, form);
    return form;
  }

  /** From a layout that there is; not yet quantized if the other is not either. */
  private moved(tensor: number, to: Layout): Value {
    const { layout, forms, image } = this.known.get(tensor)!;
    const usable = (from: Layout) => from !== to && Object.keys(forms.get(from) ?? {}).length > 0;
    const from = usable(layout) ? layout : [...forms.keys()].find(usable)!;
    const source = forms.get(from)!;
    const value =
      !source.raw && !source.real && source.precise ? source.precise : this.realForm(tensor, from);
    return this.relaid(value, this.tensor(tensor).shape, from, to, image);
  }

  private relaid(value: Value, shape: Shape, from: Layout, to: Layout, image: Shape = shape): Value {
    if (from === 'flat') {
      const rows = this.reshaped(value, shapeIn('first', image));
      return this.reshaped(this.relaid(rows, image, 'first', 'last'), shape);
    }
    // From ONNX's axes as they are to those that are wanted.
    const [have, want] = [from, to].map((layout) =>
      eachAxisIn(
        layout,
        shape.map((_, axis) => axis),
      ),
    );
    return this.transposed(
      value,
      want!.map((axis) => have!.indexOf(axis)),
    );
  }

  /** No node where nothing moves. */
  transposed(value: Value, permutation: readonly number[]): Value {
    if (isIdentity(permutation)) return value;
    return this.node('Transpose', [value], { perm: permutation });
  }

  reshaped(value: Value, shape: Shape): Value {
    return this.node('Reshape', [value, this.writer.integers(shape)]);
  }

  /**
   * Around a node that only moves quantized values stand DequantizeLinear and QuantizeLinear as around any other: runtimes look for
   * that pattern, and ONNX Runtime completes it, which it gets wrong for int8 (1.30 leaves an int8 `output_dtype` beside a
   * zero point that it has turned to uint8).
   */
  node(type: string, inputs: readonly Value[], attributes?: Attributes): Value {
    const [data] = inputs;
    const given = type === 'QuantizeLinear' ? inputs : inputs.map((value) => this.settled(value));
    const value = this.writer.node(type, given, attributes);
    const stored = data && movers.has(type) ? given[0]!.stored : undefined;
    if (stored) value.moved = stored;
    return value;
  }

  private settled(value: Value): Value {
    const { moved } = value;
    if (!moved) return value;
    value.settled ??= this.restored(value, moved);
    return value.settled;
  }

  /** As it is when it has been stored. */
  restored(value: Value, { quantization, dtype }: Stored): Value {
    return this.dequantized(this.quantized(value, quantization, dtype), quantization, dtype);
  }

  quantized(value: Value, { scale, zeroPoint }: Quantization, dtype: Tensor['dtype']): Value {
    return this.node('QuantizeLinear', [
      value,
      this.writer.scalar('float32', scale[0]!),
      this.writer.scalar(dtype, zeroPoint[0] ?? 0),
    ]);
  }

  /** Per tensor. */
  dequantized(value: Value, { scale, zeroPoint }: Quantization, dtype: Tensor['dtype']): Value {
    const scales = this.writer.scalar('float32', scale[0]!);
    // Of int32 there is no zero point.
    const zero = dtype === 'int32' ? [] : [this.writer.scalar(dtype, zeroPoint[0] ?? 0)];
    const real = this.node('DequantizeLinear', [value, scales, ...zero]);
    if (dtype !== 'int32') real.stored = { quantization: { scale, zeroPoint, axis: 0 }, dtype };
    return real;
  }

  /** The real value of a constant, with leading axes of length 1 up to `rank`. */
  private constant(tensor: number, layout: Layout, rank = this.tensor(tensor).shape.length): Value {
    const { shape } = this.tensor(tensor);
    const whole = [...new Array<number>(rank - shape.length).fill(1), ...shape];
    const permutation = eachAxisIn(
      layout,
      whole.map((_, axis) => axis),
    );
    return this.weights(tensor, { view: whole, permutation });
  }

  /**
   * The real value of a constant in another form.
   *
   * @param view its shape, as it lies in memory
   * @param permutation for each axis of the result, which of the view's it is
   * @param axis of the view, along which scales run
   * @param shape of the result, where the permutation does not say it
   */
  weights(
    tensor: number,
    {
      view,
      permutation,
      axis = (this.tensor(tensor).quantization?.axis ?? 0) + view.length - this.tensor(tensor).shape.length,
      shape = permutation.map((a) => view[a]!),
    }: {
      readonly view: Shape;
      readonly permutation: readonly number[];
      readonly axis?: number;
      readonly shape?: Shape;
    },
  ): Value {
    const constant = this.tensor(tensor);
    const reading = this.readingOf(tensor);
    const { data, dtype } = constant;
    const quantization = reading?.quantization ?? constant.quantization;
    const scale = reading ? `${quantization!.scale[0]} ${quantization!.zeroPoint[0]}` : '';
    return this.once(tensor, `[${view}] ${permutation} [${shape}] ${scale}`, () => {
      const moved = permuted(data!, dtype, view, permutation);
      const value = this.writer.initializer(dtype, shape, moved, this.constantName(tensor));
      if (!isQuantized(constant)) return value;
      const scales = quantization!.scale;
      if (scales.length === 1) return this.dequantized(value, quantization!, dtype);
      return this.perChannel(value, constant, quantization!, permutation.indexOf(axis));
    });
  }

  private perChannel(
    value: Value,
    { dtype, name }: Pick<Tensor, 'dtype' | 'name'>,
    { scale, zeroPoint }: Quantization,
    axis: number,
  ): Value {
    const dims = [scale.length];
    const scales = this.writer.initializer('float32', dims, scale, this.writer.unique(`${name}/scale`));
    if (dtype === 'int32') return this.node('DequantizeLinear', [value, scales], { axis });
    const zeros = allocate(dtype, scale.length);
    for (let i = 0; i < zeros.length; i++) zeros[i] = zeroPoint[i] as never;
    const zero = this.writer.initializer(dtype, dims, zeros, this.writer.unique(`${name}/zero_point`));
    return this.node('DequantizeLinear', [value, scales, zero], { axis });
  }

  /** A bias in integers, with the scale of the products that it is added to. */
  bias(tensor: number, scale: Float32Array): Value {
    const { data, dtype, shape } = this.tensor(tensor);
    if (dtype === 'float32') return this.real(tensor);
    return this.once(tensor, `bias ${scale.join()}`, () => {
      const values = Array.from(data!, Number);
      if (values.some((v) => v !== (v | 0))) {
        const reals = Float32Array.from(values, (v, i) => v * scale[scale.length > 1 ? i : 0]!);
        return this.writer.initializer('float32', shape, reals, this.constantName(tensor));
      }
      const value = this.writer.initializer(
        'int32',
        shape,
        Int32Array.from(values),
        this.constantName(tensor),
      );
      const quantization = { scale, zeroPoint: new Int32Array(scale.length), axis: 0 };
      if (scale.length === 1) return this.dequantized(value, quantization, 'int32');
      return this.perChannel(value, { ...this.tensor(tensor), dtype: 'int32' }, quantization, 0);
    });
  }

  /** Of a binary op whose output has this rank and layout; ONNX broadcasts it. */
  operand(tensor: number, rank: number, layout: Layout): Value {
    const { shape, data } = this.tensor(tensor);
    if (layout === 'last' || shape.length === rank) return this.real(tensor, layout);
    if (data) return elementCount(shape) === 1 ? this.real(tensor) : this.constant(tensor, layout, rank);
    const whole = [...new Array<number>(rank - shape.length).fill(1), ...shape];
    return this.relaid(this.reshaped(this.real(tensor), whole), whole, 'last', layout);
  }

  /** The real value that an integer stands for; the number itself where it stands for none. */
  realOf(tensor: Tensor, integer: number): number {
    if (!isQuantized(tensor)) return integer;
    const { scale, zeroPoint } = tensor.quantization!;
    return (integer - zeroPoint[0]!) * scale[0]!;
  }

  /** One value to compute with this tensor: an integer where it is one, else a real number. */
  scalarLike(tensor: Tensor, value: number): Value {
    return this.writer.scalar(isQuantized(tensor) ? 'float32' : tensor.dtype, value);
  }

  /** The tensor's own name, once; constants that are needed in several forms are several. */
  private constantName(tensor: number): string {
    const name = this.names[tensor]!;
    if (this.taken.has(tensor)) return this.writer.unique(name);
    this.taken.add(tensor);
    return name;
  }

  /** Whatever has no name by now is called as its tensor is. */
  giveNames(): void {
    const given = new Set([...this.declared, ...this.graph.outputs]);
    for (const [tensor, { layout, forms }] of this.known) {
      if (given.has(tensor)) continue;
      const own = forms.get(layout);
      const main = own?.raw ?? own?.real ?? own?.precise;
      if (main?.free) this.writer.rename(main, this.names[tensor]!);
    }
  }

  /** A form of a constant. */
  private once(tensor: number, form: string, make: () => Value): Value {
    const key = `${tensor} ${form}`;
    const known = this.constants.get(key) ?? this.named(tensor, make);
    this.constants.set(key, known);
    return known;
  }

  /** Whatever is made is named after the tensor. */
  private named(tensor: number, make: () => Value): Value {
    return this.writer.within(this.names[tensor]!, make);
  }
}
