/** The portable kernels of UNIDIRECTIONAL_SEQUENCE_LSTM: lstm_s8.c and its siblings. The new hidden state waits in the output. */
import {
  type LstmIntegerParameters,
  type LstmParameters,
  lstmGates,
  lstmOperands,
} from '../../../src/ops/unidirectional_sequence_lstm.js';
import { endingOf } from '../../element_wise.js';
import type { Kernel } from '../../kernel.js';
import type { Addresses } from '../../layer.js';
import { floatLiteral } from '../../literals.js';
import type { Printer } from '../../printer.js';
import { sigmoidConstant } from './sigmoid.js';
import { printStruct } from './weighted.js';

/** An array of four structures: where a gate's weights lie, and how its sums are scaled. */
function printGates(printer: Printer, at: Addresses, type: string, p: LstmParameters): void {
  printer.block(
    `static const struct ${type} gates[4] =`,
    () => {
      lstmGates.forEach((name, gate) => {
        const { weights, recurrent, bias } = lstmOperands;
        const fields = [at.input(weights(gate)), at.input(recurrent(gate)), at.input(bias(gate))];
        if (p.dtype !== 'float32') {
          const { input, recurrent: past } = p.gates[gate]!;
          fields.push(`${input.multiplier}`, `${input.shift}`, `${past.multiplier}`, `${past.shift}`);
        }
        printer.line(`{${fields.join(', ')}}, /* ${name} */`);
      });
    },
    ';',
  );
}

function printScales(printer: Printer, type: string, p: LstmIntegerParameters): void {
  printStruct(printer, `struct ${type} scales`, {
    input_offset: p.inputOffset,
    hidden_offset: p.hiddenOffset,
    forget_multiplier: p.forgetMul.multiplier,
    forget_shift: p.forgetMul.shift,
    input_multiplier: p.inputMul.multiplier,
    input_shift: p.inputMul.shift,
    output_multiplier: p.outputMul.multiplier,
    output_shift: p.outputMul.shift,
    tanh_multiplier: p.tanh.multiplier,
    tanh_shift: p.tanh.shift,
    clip: p.clip,
  });
}

function printRestart(
  printer: Printer,
  at: Addresses,
  { dtype, batch, units }: LstmParameters,
  restart: { readonly hidden: number; readonly cell: number },
): void {
  const { hidden, cell } = lstmOperands;
  const sizes = { int8: [1, 2], int16: [2, 2], float32: [4, 4] }[dtype] as [number, number];
  printer.line().comment('Every inference begins from the initial state.');
  printer.call('memset', [at.state(hidden), `${restart.hidden}`, `${batch * units * sizes[0]}`]);
  printer.call('memset', [at.state(cell), `${restart.cell}`, `${batch * units * sizes[1]}`]);
}

export const portableLstm: readonly Kernel<LstmParameters>[] = (['int8', 'int16', 'float32'] as const).map(
  (dtype) => ({
    capability: 'portable',
    name: `lstm_${endingOf[dtype]}`,
    accepts: (p) => p.dtype === dtype,
    lower(p, { label }) {
      const ending = endingOf[dtype];
      const table = sigmoidConstant(label);
      return {
        scratchBytes: 0,
        // Every unit reads the whole input of its step.
        overlaps: [],
        constants: p.dtype === 'float32' ? [] : [table],
        sources: [`portable/lstm_${ending}.c`],
        emit(printer, at) {
          printGates(printer, at, at.kernel(`crimp_lstm_gate_${ending}`), p);
          printStruct(printer, `struct ${at.kernel('crimp_lstm')} shape`, {
            batch: p.batch,
            steps: p.steps,
            inputs: p.inputs,
            units: p.units,
            batch_stride: p.batchStride,
            step_stride: p.stepStride,
          });
          const { input, hidden, cell } = lstmOperands;
          const tensors = [at.input(input), at.output(0), at.state(hidden), at.state(cell)];
          const last = ['gates', '&shape'];
          if (p.dtype === 'float32') last.push(floatLiteral(p.clip));
          else {
            printScales(printer, at.kernel('crimp_lstm_scales'), p);
            last.push('&scales', at.constant(table.name));
          }
          if (p.restart) printRestart(printer, at, p, p.restart);
          printer.line().call(at.kernel(`crimp_lstm_${ending}`), [...tensors, ...last]);
        },
      };
    },
  }),
);
