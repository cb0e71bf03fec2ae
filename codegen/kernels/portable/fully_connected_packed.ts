/** The portable kernels of FULLY_CONNECTED with packed weights: fully_connected_s8_packed.c and its siblings. */
import { elementBytes } from '../../../src/graph/access.js';
import type { FullyConnectedParameters } from '../../../src/ops/fully_connected.js';
import type { Kernel } from '../../kernel.js';
import { leadOf } from '../../lead.js';
import { packWeights, tokensOf } from '../../packed_weights.js';
import { packedLayerConstants, packedVariantOf, packedVariants, printPackedCall } from './packed.js';
import { printStruct } from './weighted.js';

export const portableFullyConnectedPacked: readonly Kernel<FullyConnectedParameters>[] = packedVariants.map(
  (variant) => ({
    capability: 'portable',
    name: `fully_connected_${variant}_packed`,
    packed: true,
    accepts: (p) => packedVariantOf(p) === variant,
    lower(p, { label }) {
      const packed = packWeights(p.weights as Int8Array, p.inputs);
      // Each output reads the whole of its row.
      const firstRead = (i: number) => Math.floor(i / p.outputs) * p.inputs;
      return {
        why: 'zeros are skipped',
        scratchBytes: 0,
        overlaps: [{ input: 0, lead: leadOf(p.batch * p.outputs, elementBytes(p.dtype), firstRead) }],
        constants: packedLayerConstants(p, packed, label, `[output ${p.outputs}][input ${p.inputs}]`),
        work: { calls: 1, outputs: p.batch * p.outputs, tokens: p.batch * tokensOf(packed) },
        sources: [`portable/fully_connected_${variant}_packed.c`],
        emit(printer, at) {
          printStruct(printer, `struct ${at.kernel('crimp_fully_connected')} shape`, {
            batch: p.batch,
            inputs: p.inputs,
            outputs: p.outputs,
            scale_step: p.perChannel ? 1 : 0,
          });
          printPackedCall(printer, at, p, packed, label, `crimp_fully_connected_${variant}_packed`, []);
        },
      };
    },
  }),
);
