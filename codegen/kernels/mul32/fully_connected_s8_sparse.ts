/** FULLY_CONNECTED of pruned weights for cores with a 32-bit multiplier: fully_connected_s8_sparse.c. */
import type { FullyConnectedParameters } from '../../../src/ops/fully_connected.js';
import type { Kernel } from '../../kernel.js';
import { leadOfStretches, type Stretch } from '../../lead.js';
import {
  filterOf,
  mostWaiting,
  mul32FullyConnected,
  rescaleOfOutputs,
  settle,
} from './fully_connected_s8.js';
import { printLayer, scaleConstants } from './layer.js';
import { foldedBias } from './proof.js';
import { rescaleConstants, rescaleFields } from './rescale.js';
import { isSmaller, type SparseRows, sparseConstants, sparseRows } from './sparse_terms.js';

/** The numbers of units are 16 bits wide. */
const mostInputs = 65535;

export const mul32SparseFullyConnected: Kernel<FullyConnectedParameters> = {
  capability: 'mul32',
  name: 'fully_connected_s8_sparse',
  accepts(p) {
    if (!mul32FullyConnected.accepts(p) || p.inputs > mostInputs) return false;
    return isSmaller(sparseRowsOf(p), p.weights as Int8Array);
  },
  lower(given, { label }) {
    const p = settle(given);
    const sparse = sparseRowsOf(given);
    const bias = foldedBias(p, filterOf(p), p.outputs);
    const rescale = rescaleOfOutputs(p, bias);
    const blocks = p.batch * Math.ceil(p.outputs / mostWaiting);
    const rows = p.batch * p.outputs;
    return {
      why: 'only weights that are not 0',
      scratchBytes: 0,
      overlaps: [{ input: 0, lead: leadOfStretches(stretches(p)) }],
      work: {
        calls: 1,
        blocks,
        rows,
        scales: p.perChannel ? rows : blocks,
        units: p.batch * sparse.units.reduce((n, count) => n + count, 0),
      },
      constants: [
        ...sparseConstants(sparse, label, `[output ${p.outputs}][input ${p.inputs}]`),
        ...(rescale ? rescaleConstants(p, label, bias, rescale) : scaleConstants(p, label, bias)),
      ],
      sources: ['mul32/fully_connected_s8_sparse.c'],
      emit(printer, at) {
        const kernel = {
          name: 'crimp_mul32_fully_connected_s8_sparse',
          struct: 'crimp_mul32_fully_connected',
          scratch: false,
          more: [rescale && 'limit', 'units'],
        };
        const shape = {
          batch: p.batch,
          inputs: p.inputs,
          outputs: p.outputs,
          scale_step: p.perChannel ? 1 : 0,
          ...rescaleFields(rescale),
        };
        printLayer(printer, at, p, label, kernel, shape, 1);
      },
    };
  },
};

const known = new WeakMap<FullyConnectedParameters, SparseRows>();

/** Of the weights as they are multiplied. */
function sparseRowsOf(given: FullyConnectedParameters): SparseRows {
  const rows = known.get(given) ?? sparseRows(settle(given).weights as Int8Array, given.inputs);
  known.set(given, rows);
  return rows;
}

/** Block after block, each from the whole row of inputs. */
function stretches({ batch, inputs, outputs }: FullyConnectedParameters): Stretch[] {
  const list: Stretch[] = [];
  for (let row = 0; row < batch; row++) {
    for (let channel = 0; channel < outputs; channel += mostWaiting) {
      const end = Math.min(channel + mostWaiting, outputs);
      list.push({ firstRead: row * inputs, writeEnd: row * outputs + end });
    }
  }
  return list;
}
