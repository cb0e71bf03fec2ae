/** The portable kernels of DEPTHWISE_CONV_2D: depthwise_conv_2d_s8.c and its siblings. */
import { elementBytes } from '../../../src/graph/access.js';
import type { DepthwiseConv2dParameters } from '../../../src/ops/depthwise_conv_2d.js';
import { windowWork } from '../../cost/work.js';
import type { Kernel } from '../../kernel.js';
import { windowLead } from '../../lead.js';
import { shapeFields } from './convolution.js';
import { printStruct, printWeightedCall, variantOf, variants, weightedConstants } from './weighted.js';

/** TFLM has no 32-bit accumulator for int16 here. */
export const portableDepthwiseConv2d: readonly Kernel<DepthwiseConv2dParameters>[] = variants
  .filter((variant) => variant !== 's16_acc32')
  .map((variant) => ({
    capability: 'portable',
    name: `depthwise_conv_2d_${variant}`,
    accepts: (p) => variantOf(p) === variant,
    lower(p, { label }) {
      const grouping = { filterChannels: 1, groupOutputs: p.depthMultiplier };
      const layout = `[row ${p.filter.height}][column ${p.filter.width}][output channel ${p.output.channels}]`;
      return {
        scratchBytes: 0,
        overlaps: [{ input: 0, lead: windowLead(p, elementBytes(p.dtype), grouping) }],
        constants: weightedConstants(p, label, layout),
        work: windowWork(p, p.output.channels),
        sources: [`portable/depthwise_conv_2d_${variant}.c`],
        emit(printer, at) {
          printStruct(printer, `struct ${at.kernel('crimp_convolution')} shape`, shapeFields(p, grouping));
          printWeightedCall(printer, at, p, label, `crimp_depthwise_conv_2d_${variant}`);
        },
      };
    },
  }));
