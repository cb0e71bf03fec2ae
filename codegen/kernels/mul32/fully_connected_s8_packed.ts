/** FULLY_CONNECTED with packed weights for cores with a 32-bit multiplier and no SIMD: fully_connected_s8_packed.c. */
import type { FullyConnectedParameters } from '../../../src/ops/fully_connected.js';
import type { Kernel } from '../../kernel.js';
import { leadOf } from '../../lead.js';
import { packedConstants, packWeights, tokensOf } from '../../packed_weights.js';
import { printPacking, unpackedInt8 } from '../portable/packed.js';
import { filterOf, mul32FullyConnected, settle } from './fully_connected_s8.js';
import { printLayer, scaleConstants } from './layer.js';
import { foldedBias } from './proof.js';

export const mul32FullyConnectedPacked: Kernel<FullyConnectedParameters> = {
  capability: 'mul32',
  name: 'fully_connected_s8_packed',
  packed: true,
  accepts: (p) => mul32FullyConnected.accepts(unpackedInt8(p)),
  lower(given, { label }) {
    const p = settle(given);
    const packed = packWeights(p.weights as Int8Array, p.inputs);
    const firstRead = (i: number) => Math.floor(i / p.outputs) * p.inputs;
    return {
      why: 'zeros are skipped',
      scratchBytes: 0,
      overlaps: [{ input: 0, lead: leadOf(p.batch * p.outputs, 1, firstRead) }],
      constants: [
        ...packedConstants(packed, label, `[output ${p.outputs}][input ${p.inputs}]`),
        ...scaleConstants(p, label, foldedBias(p, filterOf(p), p.outputs)),
      ],
      work: { calls: 1, outputs: p.batch * p.outputs, tokens: p.batch * tokensOf(packed) },
      sources: ['mul32/fully_connected_s8_packed.c'],
      emit(printer, at) {
        const kernel = {
          name: 'crimp_mul32_fully_connected_s8_packed',
          struct: 'crimp_mul32_fully_connected',
          scratch: false,
          packed: true,
        };
        const shape = {
          batch: p.batch,
          inputs: p.inputs,
          outputs: p.outputs,
          scale_step: p.perChannel ? 1 : 0,
        };
        printPacking(printer, at, packed);
        printLayer(printer, at, p, label, kernel, shape, 1);
      },
    };
  },
};
