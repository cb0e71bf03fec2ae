/** CONV_2D of pruned weights for cores with a 32-bit multiplier: conv_2d_s8_sparse.c. */
import type { Conv2dParameters } from '../../../src/ops/conv_2d.js';
import type { Kernel } from '../../kernel.js';
import { leadOfStretches, tileStretches } from '../../lead.js';
import {
  filterOf,
  layoutOf,
  mul32Conv2d,
  packingWork,
  settle,
  shapeOf,
  tapsOf,
  tileOf,
  tilesOf,
} from './conv_2d_s8.js';
import { printLayer, scaleConstants } from './layer.js';
import { foldedBias } from './proof.js';
import { rescaleConstants, rescaleOf } from './rescale.js';
import { isSmaller, pairsOfTermsFit, type SparseRows, sparseConstants, sparseRows } from './sparse_terms.js';

/** The numbers of units are 16 bits wide. */
const mostTaps = 65535;

export const mul32SparseConv2d: Kernel<Conv2dParameters> = {
  capability: 'mul32',
  name: 'conv_2d_s8_sparse',
  accepts(p) {
    if (!mul32Conv2d.accepts(p) || tapsOf(p) > mostTaps) return false;
    const sparse = sparseRowsOf(p);
    return pairsOfTermsFit(sparse) && isSmaller(sparse, p.weights as Int8Array);
  },
  lower(given, { label, scratchBytes }) {
    const p = settle(given);
    const { channels } = p.output;
    const sparse = sparseRowsOf(given);
    const depth = tapsOf(p);
    const tile = tileOf(p, depth, scratchBytes);
    const rows = filterOf(p);
    const bias = foldedBias(p, rows, channels);
    const rescale = rescaleOf(p, rows, channels);
    const tiles = tilesOf(p, tile, false);
    const columns = tiles.reduce((n, count) => n + Math.ceil(count / 4), 0);
    return {
      why: `only weights that are not 0, two products in one multiply, ${tile} pixels at a time`,
      scratchBytes: 2 * tile * depth,
      overlaps: [{ input: 0, lead: leadOfStretches(tileStretches(p, tiles)) }],
      work: {
        calls: 1,
        ...packingWork(p, columns),
        packedWords: columns * depth,
        tileChannels: tiles.length * channels,
        columnChannels: columns * channels,
        units: columns * sparse.units.reduce((n, count) => n + count, 0),
        [rescale ? 'rescaled' : 'requantized']: p.batch * p.output.height * p.output.width * channels,
      },
      constants: [
        ...sparseConstants(sparse, label, layoutOf(p)),
        ...(rescale ? rescaleConstants(p, label, bias, rescale) : scaleConstants(p, label, bias)),
      ],
      sources: ['mul32/conv_2d_s8_sparse.c'],
      emit(printer, at) {
        const kernel = {
          name: 'crimp_mul32_conv_2d_s8_sparse',
          struct: 'crimp_mul32_conv_2d',
          scratch: true,
          more: [rescale && 'limit', 'units'],
        };
        printLayer(printer, at, p, label, kernel, shapeOf(p, { depth, tile, rescale }), channels);
      },
    };
  },
};

const known = new WeakMap<Conv2dParameters, SparseRows>();

/** Of the weights as they are multiplied. */
function sparseRowsOf(given: Conv2dParameters): SparseRows {
  const rows = known.get(given) ?? sparseRows(settle(given).weights as Int8Array, tapsOf(given));
  known.set(given, rows);
  return rows;
}
