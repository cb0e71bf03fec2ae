/** FULLY_CONNECTED for cores with a 32-bit multiplier and no SIMD: fully_connected_s8.c. */
import type { FullyConnectedParameters } from '../../../src/ops/fully_connected.js';
import type { Kernel } from '../../kernel.js';
import { leadOfStretches, type Stretch } from '../../lead.js';
import { printLayer, quantizedConstants } from './layer.js';
import { type Filter, foldedBias, isInt8, sumsFit } from './proof.js';

export const mul32FullyConnected: Kernel<FullyConnectedParameters> = {
  capability: 'mul32',
  name: 'fully_connected_s8',
  accepts: (p) => isInt8(p) && sumsFit(p, filterOf(p), p.outputs),
  lower(p, { label }) {
    return {
      why: 'four outputs at a time',
      scratchBytes: 0,
      overlaps: [{ input: 0, lead: leadOfStretches(stretches(p)) }],
      constants: quantizedConstants(
        p,
        label,
        `[output ${p.outputs}][input ${p.inputs}], four outputs side by side`,
        interleave(p),
        foldedBias(p, filterOf(p), p.outputs),
      ),
      sources: ['mul32/fully_connected_s8.c'],
      emit(printer, at) {
        const kernel = {
          name: 'crimp_mul32_fully_connected_s8',
          struct: 'crimp_mul32_fully_connected',
          scratch: false,
        };
        const shape = {
          batch: p.batch,
          inputs: p.inputs,
          outputs: p.outputs,
          scale_step: p.perChannel ? 1 : 0,
        };
        printLayer(printer, at, p, label, kernel, shape, 1);
      },
    };
  },
};

export function filterOf(p: FullyConnectedParameters): Filter {
  return (c) => (p.weights as Int8Array).subarray(c * p.inputs, (c + 1) * p.inputs);
}

/** [output][input] → for each four outputs [input][4], then the rows that remain. */
function interleave(p: FullyConnectedParameters): Int8Array {
  const weights = Int8Array.from(p.weights as Int8Array);
  for (let block = 0; block + 4 <= p.outputs; block += 4) {
    for (let i = 0; i < 4 * p.inputs; i++) {
      const from = (block + (i % 4)) * p.inputs + Math.floor(i / 4);
      weights[block * p.inputs + i] = Number(p.weights[from]);
    }
  }
  return weights;
}

/** Four outputs after four outputs, then one after one, each from the whole row of inputs. */
function stretches(p: FullyConnectedParameters): Stretch[] {
  const list: Stretch[] = [];
  for (let row = 0; row < p.batch; row++) {
    for (let c = 0; c < p.outputs; c += c + 4 <= p.outputs ? 4 : 1) {
      const count = c + 4 <= p.outputs ? 4 : 1;
      list.push({ firstRead: row * p.inputs, writeEnd: row * p.outputs + c + count });
    }
  }
  return list;
}
