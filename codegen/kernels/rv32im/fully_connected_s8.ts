/** FULLY_CONNECTED for RISC-V with multiplier: fully_connected_s8.c. */
import type { FullyConnectedParameters } from '../../../src/ops/fully_connected.js';
import type { Kernel } from '../../kernel.js';
import { leadOfStretches, type Stretch } from '../../lead.js';
import { filterOf, settle } from '../mul32/fully_connected_s8.js';
import { type Filter, foldedBias, isInt8 } from '../mul32/proof.js';
import { constantsOf, printCall } from './layer.js';
import { rescaleOf } from './proof.js';

export const rv32imFullyConnected: Kernel<FullyConnectedParameters> = {
  capability: 'rv32im',
  name: 'fully_connected_s8',
  accepts(given) {
    if (!isInt8(given)) return false;
    const p = settle(given);
    return rescaleOf(p, filterOf(p), p.outputs) !== undefined;
  },
  lower(given, { label }) {
    const p = settle(given);
    const { batch, inputs, outputs } = p;
    const rows = filterOf(p);
    const rescale = rescaleOf(p, rows, outputs)!;
    const layout = `[output ${outputs}][input ${inputs}], eight outputs side by side`;
    return {
      why: 'eight outputs at a time',
      scratchBytes: 0,
      overlaps: [{ input: 0, lead: leadOfStretches(stretches(p)) }],
      constants: constantsOf(
        p,
        label,
        layout,
        sideBySide(rows, outputs, inputs, 8),
        foldedBias(p, rows, outputs),
        rescale,
      ),
      sources: ['rv32im/fully_connected_s8.c'],
      emit(printer, at) {
        const kernel = {
          name: 'crimp_rv32im_fully_connected_s8',
          struct: 'crimp_rv32im_fully_connected',
        };
        const shape = { batch, inputs, outputs, scale_step: p.perChannel ? 1 : 0 };
        printCall(printer, at, label, kernel, shape, rescale);
      },
    };
  },
};

/** Rows → for each `block` outputs [depth][block], then rows. */
export function sideBySide(rows: Filter, count: number, depth: number, block: number): Int8Array {
  const arranged = new Int8Array(count * depth);
  const whole = count - (count % block);
  for (let c = 0; c < count; c++) {
    const within = c % block;
    const [start, step] = c < whole ? [(c - within) * depth + within, block] : [c * depth, 1];
    rows(c).forEach((w, k) => {
      arranged[start + k * step] = w;
    });
  }
  return arranged;
}

/** Block after block, each from the whole row of inputs. */
function stretches({ batch, inputs, outputs }: FullyConnectedParameters): Stretch[] {
  const list: Stretch[] = [];
  for (let row = 0; row < batch; row++) {
    for (let output = 0; output < outputs; ) {
      output += outputs - output >= 8 ? 8 : 1;
      list.push({ firstRead: row * inputs, writeEnd: row * outputs + output });
    }
  }
  return list;
}
