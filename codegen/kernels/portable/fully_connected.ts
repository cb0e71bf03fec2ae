/** The portable kernels of FULLY_CONNECTED: fully_connected_s8.c and its siblings. */
import { elementBytes } from '../../../src/graph/access.js';
import type { FullyConnectedParameters } from '../../../src/ops/fully_connected.js';
import type { Kernel } from '../../kernel.js';
import { leadOf } from '../../lead.js';
import { printStruct, printWeightedCall, variantOf, variants, weightedConstants } from './weighted.js';

export const portableFullyConnected: readonly Kernel<FullyConnectedParameters>[] = variants.map(
  (variant) => ({
    capability: 'portable',
    name: `fully_connected_${variant}`,
    accepts: (p) => variantOf(p) === variant,
    lower(p, { label }) {
      // Each output reads the whole of its row.
      const firstRead = (i: number) => Math.floor(i / p.outputs) * p.inputs;
      return {
        scratchBytes: 0,
        overlaps: [{ input: 0, lead: leadOf(p.batch * p.outputs, elementBytes(p.dtype), firstRead) }],
        constants: weightedConstants(p, label, `[output ${p.outputs}][input ${p.inputs}]`),
        sources: [`portable/fully_connected_${variant}.c`],
        emit(printer, at) {
          printStruct(printer, `struct ${at.kernel('crimp_fully_connected')} shape`, {
            batch: p.batch,
            inputs: p.inputs,
            outputs: p.outputs,
            scale_step: p.perChannel ? 1 : 0,
          });
          printWeightedCall(printer, at, p, label, `crimp_fully_connected_${variant}`);
        },
      };
    },
  }),
);
