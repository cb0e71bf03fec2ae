/** The arithmetic of an LSTM: a unit after another, its output in the output's row until the whole hidden state is replaced. */
import type { TensorData } from '../graph/graph.js';
import { float32Max } from '../numerics/activation_range.js';
import { tanhFloat32 } from '../numerics/expm1_float32.js';
import { multiplyByQuantizedMultiplier, multiplyByQuantizedMultiplier64 } from '../numerics/fixed_point.js';
import type { QuantizedMultiplier } from '../numerics/quantize_multiplier.js';
import { activationFunctionWithMinMax, clamp } from '../numerics/rounding.js';
import { logisticInt16, tanhInt16 } from '../numerics/sigmoid_int16.js';
import { typeRange } from './checks.js';
import { logisticFloat32 } from './logistic.js';
import type { Step } from './op.js';
import type {
  LstmFloat32Parameters,
  LstmIntegerParameters,
  LstmShape,
} from './unidirectional_sequence_lstm.js';

interface Tensors<T> {
  readonly input: T;
  readonly output: T;
  readonly hidden: T;
  readonly cell: T;
  /** Input, forget, cell and output gate. */
  readonly gates: readonly { readonly weights: T; readonly recurrent: T; readonly bias: T }[];
}

const f = Math.fround;
/** Q3.12, as every gate's sum is. */
const gateScaling = { multiplier: 3, shift: 0 } as const;

function saturated(x: number): number {
  return clamp(x, -32768, 32767);
}

function bytesOf(data: TensorData): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

/** Calls `row` for each batch and step, with where its input and output and its state begin. */
function forEachRow(
  shape: LstmShape,
  { hidden, cell }: Pick<Tensors<TensorData>, 'hidden' | 'cell'>,
  row: (input: number, output: number, state: number) => void,
): void {
  if (shape.restart) {
    bytesOf(hidden).fill(shape.restart.hidden);
    bytesOf(cell).fill(shape.restart.cell);
  }
  for (let b = 0; b < shape.batch; b++) {
    for (let t = 0; t < shape.steps; t++) {
      const at = b * shape.batchStride + t * shape.stepStride;
      row(at * shape.inputs, at * shape.units, b * shape.units);
    }
  }
}

export function lstmIntegerStep(p: LstmIntegerParameters, tensors: Tensors<TensorData>): Step {
  const { inputs, units } = p;
  const { input, output, hidden, cell, gates } = tensors as unknown as Tensors<Int8Array | Int16Array>;
  const biases = gates.map(({ bias }) => Float64Array.from(bias as ArrayLike<number | bigint>, Number));
  const { min, max } = typeRange(p.dtype);
  // The sums are exact in double; 32-bit ones wrap.
  const scaled = (sum: number, { multiplier, shift }: QuantizedMultiplier) =>
    saturated(
      p.dtype === 'int8'
        ? multiplyByQuantizedMultiplier(sum | 0, multiplier, shift)
        : multiplyByQuantizedMultiplier64(sum, multiplier, shift),
    );
  const gateSum = (gate: number, unit: number, x: number, h: number) => {
    const { weights, recurrent } = gates[gate]!;
    let sum = biases[gate]![unit]!;
    for (let i = 0; i < inputs; i++) sum += (input[x + i]! + p.inputOffset) * weights[unit * inputs + i]!;
    let past = 0;
    for (let i = 0; i < units; i++) past += (hidden[h + i]! + p.hiddenOffset) * recurrent[unit * units + i]!;
    return saturated(scaled(sum, p.gates[gate]!.input) + scaled(past, p.gates[gate]!.recurrent));
  };
  const product = (a: number, b: number, { multiplier, shift }: QuantizedMultiplier) =>
    multiplyByQuantizedMultiplier(a * b, multiplier, shift);
  const row = (x: number, y: number, h: number) => {
    for (let unit = 0; unit < units; unit++) {
      const forget = logisticInt16(gateSum(1, unit, x, h), gateScaling);
      const admit = logisticInt16(gateSum(0, unit, x, h), gateScaling);
      const candidate = tanhInt16(gateSum(2, unit, x, h), gateScaling);
      const kept = saturated(product(forget, cell[h + unit]!, p.forgetMul));
      let next = saturated(kept + saturated(product(admit, candidate, p.inputMul)));
      if (p.clip > 0) next = clamp(next, -p.clip, p.clip);
      cell[h + unit] = next;
      const show = logisticInt16(gateSum(3, unit, x, h), gateScaling);
      const value = (product(tanhInt16(next, p.tanh), show, p.outputMul) - p.hiddenOffset) | 0;
      output[y + unit] = clamp(value, min, max);
    }
    for (let unit = 0; unit < units; unit++) hidden[h + unit] = output[y + unit]!;
  };
  return () => forEachRow(p, tensors, row);
}

function bounded(x: number): number {
  return activationFunctionWithMinMax(x, -float32Max, float32Max);
}

export function lstmFloat32Step(p: LstmFloat32Parameters, tensors: Tensors<Float32Array>): Step {
  const { inputs, units, clip } = p;
  const { input, output, hidden, cell, gates } = tensors;
  const dot = (values: Float32Array, at: number, weights: Float32Array, row: number, count: number) => {
    let sum = 0;
    for (let i = 0; i < count; i++) sum = f(sum + f(values[at + i]! * weights[row * count + i]!));
    return sum;
  };
  const gateSum = (gate: number, unit: number, x: number, h: number) => {
    const { weights, recurrent, bias } = gates[gate]!;
    const now = bounded(f(dot(input, x, weights, unit, inputs) + bias[unit]!));
    const past = bounded(f(dot(hidden, h, recurrent, unit, units) + 0));
    return f(now + past);
  };
  const row = (x: number, y: number, h: number) => {
    for (let unit = 0; unit < units; unit++) {
      const forget = logisticFloat32(gateSum(1, unit, x, h));
      const admit = logisticFloat32(gateSum(0, unit, x, h));
      const candidate = tanhFloat32(gateSum(2, unit, x, h));
      const kept = bounded(f(forget * cell[h + unit]!));
      let next = f(kept + bounded(f(admit * candidate)));
      if (clip > 0) {
        // In C++'s order: NaN becomes the bound.
        next = next < clip ? next : clip;
        next = next < -clip ? -clip : next;
      }
      cell[h + unit] = next;
      output[y + unit] = bounded(f(tanhFloat32(next) * logisticFloat32(gateSum(3, unit, x, h))));
    }
    for (let unit = 0; unit < units; unit++) hidden[h + unit] = output[y + unit]!;
  };
  return () => forEachRow(p, tensors, row);
}
