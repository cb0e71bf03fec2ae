/** The portable kernels of CONV_2D: conv_2d_s8.c and its siblings, one for each combination of dtypes. */
import { elementBytes } from '../../../src/graph/access.js';
import type { Conv2dParameters } from '../../../src/ops/conv_2d.js';
import { windowWork } from '../../cost/work.js';
import type { Kernel } from '../../kernel.js';
import { windowLead } from '../../lead.js';
import { shapeFields } from './convolution.js';
import { printStruct, printWeightedCall, variantOf, variants, weightedConstants } from './weighted.js';

export const portableConv2d: readonly Kernel<Conv2dParameters>[] = variants.map((variant) => ({
  capability: 'portable',
  name: `conv_2d_${variant}`,
  accepts: (p) => variantOf(p) === variant,
  lower(p, { label }) {
    const grouping = { filterChannels: p.filter.channels, groupOutputs: p.output.channels / p.groups };
    const layout =
      `[output channel ${p.output.channels}][row ${p.filter.height}]` +
      `[column ${p.filter.width}][channel ${p.filter.channels}]`;
    return {
      scratchBytes: 0,
      overlaps: [{ input: 0, lead: windowLead(p, elementBytes(p.dtype), grouping) }],
      constants: weightedConstants(p, label, layout),
      work: windowWork(p, p.output.channels, p.filter.channels),
      sources: [`portable/conv_2d_${variant}.c`],
      emit(printer, at) {
        printStruct(printer, `struct ${at.kernel('crimp_convolution')} shape`, shapeFields(p, grouping));
        printWeightedCall(printer, at, p, label, `crimp_conv_2d_${variant}`);
      },
    };
  },
}));
