/**
 * An LSTM: ONNX's own for real numbers. In integers step by step, with what the gates take and give quantized as TFLM has it,
 * and so where the cell's state is bounded, since ONNX's `clip` bounds what enters the gates.
 */
import { inputTensor } from '../../../graph/access.js';
import { perTensor } from '../../../graph/build.js';
import type { Op } from '../../../graph/graph.js';
import { lstmOperands, lstmParameters } from '../../../ops/unidirectional_sequence_lstm.js';
import type { Exporter } from '../exporter.js';
import { absent, type Value } from '../model_writer.js';
import { clipped } from './activation.js';
import { productScales } from './conv.js';

type Lstm = Op<'UNIDIRECTIONAL_SEQUENCE_LSTM'>;

export function unidirectionalSequenceLstm(op: Lstm, x: Exporter): void {
  const { dtype, clip } = lstmParameters(op, x.graph);
  if (dtype === 'float32' && clip === 0) whole(op, x);
  else unrolled(op, x);
}

/** ONNX's order of gates: input, output, forget, cell; here by their place among the operands. */
const onnxGates = [0, 3, 1, 2] as const;

function whole(op: Lstm, x: Exporter): void {
  const { batch, steps, inputs, units } = lstmParameters(op, x.graph);
  const { timeMajor } = op.attributes;
  const joined = (operand: (gate: number) => number, columns: number, more = 0) => {
    const data = new Float32Array(4 * units * columns + more);
    onnxGates.forEach((gate, i) => {
      const own = inputTensor(x.graph, op, operand(gate)).data as Float32Array;
      data.set(own, i * units * columns);
    });
    return data;
  };
  const { weights, recurrent, bias, hidden, cell } = lstmOperands;
  const constant = (dims: readonly number[], data: Float32Array) =>
    x.writer.initializer('float32', dims, data);
  const turned = (value: Value) => (timeMajor ? value : x.transposed(value, [1, 0, 2]));
  const state = (operand: number) => x.reshaped(x.real(op.inputs[operand]!), [1, batch, units]);
  const [sequence, lastHidden, lastCell] = x.writer.nodeOf(
    3,
    'LSTM',
    [
      turned(x.real(op.inputs[0]!)),
      constant([1, 4 * units, inputs], joined(weights, inputs)),
      constant([1, 4 * units, units], joined(recurrent, units)),
      // Recurrent biases are 0.
      constant([1, 8 * units], joined(bias, 1, 4 * units)),
      absent,
      state(hidden),
      state(cell),
    ],
    { hidden_size: units },
  );
  const rows = x.reshaped(sequence!, [steps, batch, units]);
  x.write(op.outputs[0]!, turned(rows));
  x.write(op.inputs[hidden]!, x.reshaped(lastHidden!, [batch, units]));
  x.write(op.inputs[cell]!, x.reshaped(lastCell!, [batch, units]));
}

function unrolled(op: Lstm, x: Exporter): void {
  const parameters = lstmParameters(op, x.graph);
  const { steps, dtype } = parameters;
  const { timeMajor, cellClip } = op.attributes;
  const at = (operand: number) => op.inputs[operand]!;
  const tensor = (operand: number) => inputTensor(x.graph, op, operand);
  const { weights, recurrent, bias } = lstmOperands;
  const [hidden, cell] = [at(lstmOperands.hidden), at(lstmOperands.cell)];
  /** int16 of that scale, which TFLM keeps between the functions. */
  const held = (value: Value, exponent: number) => {
    if (dtype === 'float32') return value;
    const quantization = perTensor(2 ** exponent, 0);
    return x.dequantized(x.quantized(value, quantization, 'int16'), quantization, 'int16');
  };
  const product = (a: Value, b: number, ...more: Value[]) =>
    held(x.node('Gemm', [a, x.real(b), ...more], { transB: 1 }), -12);
  const gate = (input: Value, g: number, type: string) => {
    const biases = x.bias(at(bias(g)), productScales(tensor(0), tensor(weights(g))));
    const now = product(input, at(weights(g)), biases);
    const sum = held(x.node('Add', [now, product(x.real(hidden), at(recurrent(g)))]), -12);
    return held(x.node(type, [sum]), -15);
  };
  const rows: Value[] = [];
  for (let step = 0; step < steps; step++) {
    const input = x.node('Gather', [x.real(at(0)), x.writer.scalar('int64', step)], {
      axis: timeMajor ? 0 : 1,
    });
    const [open, forget, output] = [0, 1, 3].map((g) => gate(input, g, 'Sigmoid')) as [Value, Value, Value];
    const kept = x.node('Mul', [forget, x.real(cell)]);
    const sum = x.node('Add', [kept, x.node('Mul', [open, gate(input, 2, 'Tanh')])]);
    x.write(cell, cellClip > 0 ? clipped(x, sum, x.tensor(cell), -cellClip, cellClip) : sum);
    const shown = held(x.node('Tanh', [x.real(cell)]), -15);
    x.write(hidden, x.node('Mul', [output, shown]));
    const { shape } = x.tensor(hidden);
    rows.push(x.reshaped(x.real(hidden), timeMajor ? [1, ...shape] : [shape[0]!, 1, shape[1]!]));
  }
  x.write(op.outputs[0]!, x.node('Concat', rows, { axis: timeMajor ? 0 : 1 }));
}
