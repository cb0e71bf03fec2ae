/** AVERAGE_POOL_2D for cores with Arm's DSP extension: average_pool_s8.c. */
import type { PoolParameters } from '../../../src/ops/pooling.js';
import { windowWork } from '../../cost/work.js';
import type { Kernel } from '../../kernel.js';
import { windowLead } from '../../lead.js';
import { printPool } from '../portable/pool.js';

/** Sums of int8 values have 16 bits. */
const mostTaps = 255;

export const dspAveragePool: Kernel<PoolParameters> = {
  capability: 'dsp',
  name: 'average_pool_s8',
  accepts: ({ dtype, filter, input, activation }) =>
    dtype === 'int8' &&
    input.channels % 4 === 0 &&
    filter.height * filter.width <= mostTaps &&
    activation.min === -128 &&
    activation.max === 127,
  lower: (p) => ({
    why: 'four channels at a time',
    scratchBytes: 0,
    overlaps: [{ input: 0, lead: windowLead(p, 1, { filterChannels: 4, groupOutputs: 4 }) }],
    constants: [],
    work: windowWork(p, p.input.channels / 4),
    sources: ['dsp/average_pool_s8.c'],
    emit(printer, at) {
      printPool(printer, at, p);
      printer.line().call(at.kernel('crimp_dsp_average_pool_s8'), [at.input(0), at.output(0), '&pool']);
    },
  }),
};
