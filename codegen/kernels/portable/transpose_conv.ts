/** The portable kernels of TRANSPOSE_CONV: transpose_conv_s8.c and its siblings. */
import type { TransposeConvParameters } from '../../../src/ops/transpose_conv.js';
import type { Kernel } from '../../kernel.js';
import { printStruct, printWeightedCall, variantOf, weightedConstants } from './weighted.js';

export const portableTransposeConv: readonly Kernel<TransposeConvParameters>[] = (
  ['s8', 's16', 'f32'] as const
).map((variant) => ({
  capability: 'portable',
  name: `transpose_conv_${variant}`,
  accepts: (p) => variantOf(p) === variant,
  lower(p, { label }) {
    const { input, output, filter, stride, padding } = p;
    const layout =
      `[output channel ${output.channels}][row ${filter.height}]` +
      `[column ${filter.width}][channel ${input.channels}]`;
    return {
      scratchBytes: 0,
      overlaps: [],
      constants: weightedConstants(p, label, layout),
      sources: [`portable/transpose_conv_${variant}.c`],
      emit(printer, at) {
        printStruct(printer, `struct ${at.kernel('crimp_transpose_conv')} shape`, {
          batch: p.batch,
          input_height: input.height,
          input_width: input.width,
          input_channels: input.channels,
          output_height: output.height,
          output_width: output.width,
          output_channels: output.channels,
          filter_height: filter.height,
          filter_width: filter.width,
          stride_height: stride.height,
          stride_width: stride.width,
          padding_top: padding.top,
          padding_left: padding.left,
        });
        printWeightedCall(printer, at, p, label, `crimp_transpose_conv_${variant}`, 2);
      },
    };
  },
}));
