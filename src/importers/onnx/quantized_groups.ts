/**
 * The graph of a quantized model as ONNX has it, real arithmetic between DEQUANTIZE and QUANTIZE → integer operators as TFLite
 * Micro has them. An operator becomes integer when integers go in, and when QUANTIZE says what its output's are; operators that
 * only move or compare values keep their input's. Everything else stays as the file has it, in float32.
 */
import { type Diagnostic, error } from '../../diagnostics.js';
import { isConstant } from '../../graph/access.js';
import type { AnyOp, Graph, Op, Quantization, Tensor } from '../../graph/graph.js';
import { uniqueNames } from '../../graph/names.js';
import { realValues } from '../../graph/real_values.js';
import { type ActivationType, quantizationRules, soleWeightsOf } from '../../ops/quantization_rules.js';
import { definitionOf } from '../../ops/registry.js';
import { fuseElementwise } from '../../passes/fuse_elementwise.js';
import { removeDeadOps } from '../../passes/remove_dead_ops.js';
import { removeUnusedTensors } from '../../passes/remove_unused_tensors.js';
import { sameQuantization } from '../../passes/replace.js';
import { clampOf, clampsNothing } from './quantized_clamp.js';
import { integerBias, integerOperand } from './quantized_constants.js';
import { reportOf } from './quantized_report.js';

/** What an integer tensor is. */
export type Form = Required<Pick<Tensor, 'dtype' | 'quantization'>>;

/** Keep their input's parameters, but compute: their result is rounded to them. */
const averaging: ReadonlySet<AnyOp['type']> = new Set(['AVERAGE_POOL_2D', 'RESIZE_BILINEAR']);

/** Take any number of values, which share their parameters. */
const joining: ReadonlySet<AnyOp['type']> = new Set([
  'CONCATENATION',
  'MAXIMUM',
  'MINIMUM',
  'PACK',
  'SELECT_V2',
]);

/** @param file for messages */
export function integerGroups(graph: Graph, file?: string): { graph: Graph; diagnostics: Diagnostic[] } {
  const quantized = graph.ops.some((op) => op.type === 'QUANTIZE' || op.type === 'DEQUANTIZE');
  return quantized ? new Groups(graph, file).result() : { graph, diagnostics: [] };
}

class Groups {
  private readonly tensors: Tensor[];
  private readonly ops: AnyOp[] = [];
  private readonly readers = new Map<number, AnyOp[]>();
  /** By a real tensor: the integers that are exactly it. */
  private readonly integer = new Map<number, number>();
  /** By an output of QUANTIZE that is not needed: what holds the same. */
  private readonly same = new Map<number, number>();
  private readonly wantedForms = new Map<number, Form | undefined>();
  /** Names by output. */
  private readonly dequantizers = new Map<number, string>();
  private readonly realNow = new Set<number>();
  private readonly diagnostics: Diagnostic[] = [];
  private readonly floatOps: AnyOp[] = [];
  private readonly floatBiases: AnyOp[] = [];

  constructor(
    private readonly graph: Graph,
    private readonly file: string | undefined,
  ) {
    this.tensors = [...graph.tensors];
    for (const op of graph.ops) {
      for (const t of new Set(op.inputs)) this.readers.set(t, [...(this.readers.get(t) ?? []), op]);
    }
  }

  result(): { graph: Graph; diagnostics: Diagnostic[] } {
    const { graph, tensors, ops } = this;
    // Constants first, for an op may read one that was written behind it.
    for (const op of graph.ops) {
      if (op.type === 'DEQUANTIZE' && isConstant(tensors[op.inputs[0]!]!)) this.dequantize(op);
    }
    graph.ops.forEach((op, index) => {
      if (op.type === 'DEQUANTIZE') this.dequantize(op);
      else if (op.type === 'QUANTIZE') this.quantize(op);
      else if (!this.lowered(op, index)) this.asItIs(op);
    });
    const outputs = graph.outputs.map((t) => this.output(t));
    const whole = { ...graph, tensors, ops, outputs };
    const unsupported = ops.some((op) => op.type === 'UNSUPPORTED');
    const live = unsupported ? whole : removeDeadOps(whole);
    // What the pipeline makes a table of is no float arithmetic on the device.
    const computed = new Set(unsupported ? [] : fuseElementwise(live).ops);
    this.diagnostics.push(...this.report(this.floatOps.filter((op) => computed.has(op))));
    const kept = removeUnusedTensors(live);
    const unique = uniqueNames();
    const named = kept.tensors.map((tensor) => ({ ...tensor, name: unique(tensor.name) }));
    return { graph: { ...kept, tensors: named }, diagnostics: this.diagnostics };
  }

  private dequantize(op: AnyOp): void {
    this.integer.set(op.outputs[0]!, this.source(op.inputs[0]!));
    this.dequantizers.set(op.outputs[0]!, op.name);
  }

  private quantize(op: AnyOp): void {
    const [from, to] = [op.inputs[0]!, op.outputs[0]!];
    const known = this.integer.get(from);
    const wanted = this.tensors[to]!;
    if (known === undefined) {
      this.ops.push({ ...op, inputs: [this.real(from)] } as AnyOp);
      return;
    }
    const given = this.tensors[known]!;
    const isEnd = this.graph.outputs.includes(to) && (isConstant(given) || this.graph.inputs.includes(known));
    if (given.dtype === wanted.dtype && sameQuantization(given, wanted) && !isEnd) this.same.set(to, known);
    else this.ops.push({ ...op, inputs: [known] } as AnyOp);
  }

  private source(tensor: number): number {
    return this.same.get(tensor) ?? tensor;
  }

  /** The op over real values. */
  private asItIs(op: AnyOp): void {
    const real = { ...op, inputs: op.inputs.map((t) => (t < 0 ? t : this.real(this.source(t)))) } as AnyOp;
    if (op.outputs.some((t) => this.tensors[t]!.dtype === 'float32')) this.floatOps.push(real);
    this.ops.push(real);
  }

  /** The tensor itself, with something that writes it. */
  private real(tensor: number): number {
    const integers = this.integer.get(tensor);
    if (integers === undefined || this.realNow.has(tensor)) return tensor;
    this.realNow.add(tensor);
    const { name } = this.tensors[tensor]!;
    const given = this.tensors[integers]!;
    if (given.data) {
      this.tensors[tensor] = { ...this.tensors[tensor]!, name: given.name };
      return tensor;
    }
    if (given.name === name) this.tensors[integers] = { ...given, name: `${name}_${given.dtype}` };
    const op = {
      type: 'DEQUANTIZE',
      name: this.dequantizers.get(tensor) ?? this.opName(name),
      inputs: [integers],
      outputs: [tensor],
      attributes: {},
    };
    this.ops.push(op as AnyOp);
    return tensor;
  }

  private opName(name: string): string {
    const taken = new Set([...this.ops, ...this.graph.ops].map((op) => op.name));
    const unique = uniqueNames();
    for (const known of taken) unique(known);
    return unique(`${name}_dequantize`);
  }

  private output(tensor: number): number {
    const source = this.same.get(tensor);
    if (source === undefined) return this.real(tensor);
    this.tensors[source] = { ...this.tensors[source]!, name: this.tensors[tensor]!.name };
    return source;
  }

  /**
   * What the integers of a real tensor are to be, by what stands behind it: QUANTIZE, perhaps behind ops that move or clamp.
   * Undefined where anything reads the real values. Of several, the one with the widest range.
   */
  private wanted(tensor: number): Form | undefined {
    if (this.wantedForms.has(tensor)) return this.wantedForms.get(tensor);
    this.wantedForms.set(tensor, undefined);
    const readers = this.graph.outputs.includes(tensor) ? [] : (this.readers.get(tensor) ?? []);
    const forms = readers.map((op): Form | undefined => {
      const output = this.tensors[op.outputs[0] ?? -1];
      if (op.type === 'QUANTIZE') return output as Form;
      return this.keepsForm(op) && op.outputs.length === 1 ? this.wanted(op.outputs[0]!) : undefined;
    });
    const widest = forms.every(Boolean)
      ? (forms as Form[]).reduce<Form | undefined>(
          (best, form) => (!best || form.quantization.scale[0]! > best.quantization.scale[0]! ? form : best),
          undefined,
        )
      : undefined;
    this.wantedForms.set(tensor, widest);
    return widest;
  }

  /** Rounding what it gives is as good as rounding what it takes. */
  private keepsForm(op: AnyOp): boolean {
    if (clampOf(op, this.tensors)) return true;
    return (
      quantizationRules[op.type]?.sameAsInput === true && !averaging.has(op.type) && op.type !== 'SELECT_V2'
    );
  }

  private lowered(op: AnyOp, index: number): boolean {
    const rule = quantizationRules[op.type];
    if (!rule || op.outputs.some((t) => this.tensors[t]!.dtype !== 'float32')) return false;
    if (rule.weights) return this.weighted(op, index);
    const wanted = this.wanted(op.outputs[0]!);
    const places = op.inputs.flatMap((t, i) => (t >= 0 && this.tensors[t]!.dtype === 'float32' ? [i] : []));
    const computed = places.filter((i) => this.formOf(op.inputs[i]!) !== undefined);
    const [first] = computed;
    if (first === undefined) return false;
    const given = this.formOf(op.inputs[first]!)!;
    if (clampsNothing(op, this.tensors, given) && computed.length === 1) {
      this.integer.set(op.outputs[0]!, this.integer.get(op.inputs[first]!)!);
      return true;
    }
    // Limits and constants are rounded to the parameters: right where QUANTIZE rounds too, else only of what they hold.
    if (!wanted && !this.isExact(op, given)) return false;
    const joins = joining.has(op.type) || op.type === 'RELU6';
    const alike = computed.every((i) => same(this.formOf(op.inputs[i]!)!, given));
    // What clamps does so among the values that come out of it; the rest moves first, for that never is more.
    const form =
      joins && (!alike || clampOf(op, this.tensors)) ? (wanted ?? (alike ? given : undefined)) : given;
    if (!form || !computed.every((i) => this.formOf(op.inputs[i]!)!.dtype === given.dtype)) return false;
    if (form.dtype !== given.dtype) return false;
    const target = this.outputForm(op, form, wanted);
    if (!target) return false;
    const added: AnyOp[] = [];
    const inputs = [...op.inputs];
    for (const i of places) {
      const operand = rule.sameAsInput
        ? this.alike(op, inputs[i]!, form, added)
        : this.operand(inputs[i]!, given.dtype as ActivationType);
      if (operand === undefined) return false;
      inputs[i] = operand;
    }
    return this.emit(op, inputs, target, added);
  }

  /** Whether integers of that form are what the op makes of the real values behind them. */
  private isExact(op: AnyOp, given: Form): boolean {
    if (clampOf(op, this.tensors)) return op.type === 'RELU';
    const { activation = 'NONE' } = op.attributes as { activation?: string };
    if (activation !== 'NONE' && activation !== 'RELU') return false;
    return op.inputs.every((t) => {
      const tensor = this.tensors[t];
      if (tensor?.dtype !== 'float32' || !tensor.data) return true;
      const rounded = integerOperand(tensor, given.dtype as ActivationType, given);
      if (!rounded) return false;
      const real = realValues(rounded);
      return real.every((v, i) => Math.abs(v - Number(tensor.data![i])) <= 1e-6 * Math.abs(v));
    });
  }

  private outputForm(op: AnyOp, given: Form, wanted: Form | undefined): Form | undefined {
    const rule = quantizationRules[op.type]!;
    const dtype = given.dtype as ActivationType;
    if (rule.output) {
      const quantization = wanted && rule.output[dtype];
      return quantization && { dtype, quantization };
    }
    if (rule.sameAsInput) return averaging.has(op.type) && !wanted ? undefined : given;
    const form = wanted ?? (clampOf(op, this.tensors) ? given : undefined);
    return form?.dtype === dtype ? form : undefined;
  }

  /** Of a computed value that is integer. */
  private formOf(tensor: number): Form | undefined {
    const integers = this.tensors[this.integer.get(tensor) ?? -1];
    if (!integers || isConstant(integers) || integers.quantization?.scale.length !== 1) return undefined;
    return { dtype: integers.dtype, quantization: integers.quantization };
  }

  /** An operand with parameters of its own. */
  private operand(tensor: number, dtype: ActivationType): number | undefined {
    const integers = this.integer.get(tensor);
    if (integers !== undefined) {
      const { dtype: type, quantization } = this.tensors[integers]!;
      return type === dtype && quantization?.scale.length === 1 ? integers : undefined;
    }
    const constant = integerOperand(this.tensors[tensor]!, dtype);
    return constant && this.tensors.push(constant) - 1;
  }

  /** An operand with the parameters of the others. */
  private alike(op: AnyOp, tensor: number, form: Form, added: AnyOp[]): number | undefined {
    const integers = this.integer.get(tensor);
    const given = this.tensors[integers ?? tensor]!;
    if (integers !== undefined && same(given as Form, form)) return integers;
    const { name, shape } = this.tensors[tensor]!;
    if (given.data) {
      const constant = integerOperand(
        { ...given, data: realValues(given) },
        form.dtype as ActivationType,
        form,
      );
      return constant && this.tensors.push(constant) - 1;
    }
    if (integers === undefined || given.quantization?.scale.length !== 1) return undefined;
    const requantized = this.tensors.push({ name: `${name}/requantized`, shape, ...formOnly(form) }) - 1;
    const opName = `${op.name}/requantize_${op.inputs.indexOf(tensor)}`;
    added.push({
      type: 'QUANTIZE',
      name: opName,
      inputs: [integers],
      outputs: [requantized],
      attributes: {},
    });
    return requantized;
  }

  /** A convolution or a dense layer. */
  private weighted(op: AnyOp, index: number): boolean {
    const rule = soleWeightsOf(op);
    const wanted = this.wanted(op.outputs[0]!);
    if (!rule || !wanted) return false;
    const given = this.formOf(op.inputs[rule.input]!);
    const integers = this.integer.get(op.inputs[rule.weights]!);
    const weights = this.tensors[integers ?? -1];
    if (!given || given.dtype !== wanted.dtype || !weights?.data) return false;
    if (weights.dtype !== 'int8' && weights.dtype !== 'int4') return false;
    const refuse = (message: string, hint: string) => {
      const where = { file: this.file, op: { index, type: op.type, name: op.name } };
      this.diagnostics.push(error('quantization', message, hint, where));
      return false;
    };
    const zeroPoint = weights.quantization!.zeroPoint.find((z) => z !== 0);
    if (zeroPoint !== undefined) {
      return refuse(
        `its weights "${weights.name}" have zero point ${zeroPoint} as ${weights.dtype}, and TensorFlow Lite Micro takes 0`,
        'Quantize weights symmetrically: int8 with zero point 0, or uint8 with 128 (ONNX Runtime: weight_type=QuantType.QInt8, WeightSymmetric=True).',
      );
    }
    const inputs = [...op.inputs];
    inputs[rule.weights] = integers!;
    inputs[rule.input] = this.integer.get(op.inputs[rule.input]!)!;
    const biasIndex = rule.bias === undefined ? -1 : (op.inputs[rule.bias] ?? -1);
    let floatBias = false;
    if (biasIndex >= 0) {
      const known = this.tensors[this.integer.get(biasIndex) ?? biasIndex]!;
      if (!known.data) return false;
      const bias = integerBias(
        known,
        given.quantization,
        weights.quantization!,
        given.dtype as ActivationType,
      );
      if (!bias) {
        return refuse(
          `its bias "${known.name}" does not fit ${given.dtype === 'int16' ? 'int64' : 'int32'} on the scale of input × weights`,
          'Quantize the bias as int32, its scale the product of those of input and weights.',
        );
      }
      floatBias = known.dtype === 'float32';
      inputs[rule.bias!] = this.tensors.push(bias) - 1;
    }
    const emitted = this.emit(op, inputs, wanted, []);
    if (emitted && floatBias) this.floatBiases.push(op);
    return emitted;
  }

  /** Unless the operator's own check finds fault with it. */
  private emit(op: AnyOp, inputs: readonly number[], form: Form, added: readonly AnyOp[]): boolean {
    const { length } = this.tensors;
    const outputs = op.outputs.map((t) => {
      const { name, shape } = this.tensors[t]!;
      return this.tensors.push({ name, shape, ...formOnly(form) }) - 1;
    });
    const lowered = { ...op, inputs, outputs } as AnyOp;
    const { tensors, graph } = this;
    if (definitionOf(op as Op).check(lowered as Op, { ...graph, tensors }).length > 0) {
      tensors.length = length;
      return false;
    }
    this.ops.push(...added, lowered);
    op.outputs.forEach((t, i) => {
      this.integer.set(t, outputs[i]!);
    });
    return true;
  }

  private report(float: readonly AnyOp[]): Diagnostic[] {
    const constant = (t: number) => this.tensors[this.integer.get(t) ?? -1]?.data !== undefined;
    return reportOf(
      {
        ops: this.graph.ops.filter((op) => op.type !== 'DEQUANTIZE').length,
        integer: this.ops.some((op) => this.tensors[op.outputs[0] ?? -1]?.quantization !== undefined),
        float,
        hybrid: float.filter((op) => op.inputs.some(constant)).length,
        floatBiases: this.floatBiases,
      },
      this.file,
    );
  }
}

function same(a: Form, b: Form): boolean {
  return a.dtype === b.dtype && sameQuantization(a as Tensor, b as Tensor);
}

function formOnly({ dtype, quantization }: Form): { dtype: Tensor['dtype']; quantization: Quantization } {
  return { dtype, quantization };
}
