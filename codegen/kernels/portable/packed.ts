/** What the portable kernels of packed weights share: which variant computes what, constants, and the call. */
import type { WeightedParameters } from '../../../src/ops/convolution.js';
import type { Addresses, Constant } from '../../layer.js';
import { type PackedWeights, packedConstants } from '../../packed_weights.js';
import type { Printer } from '../../printer.js';
import { biasAndScales, printStruct, type Variant, variantOf } from './weighted.js';

/** Endings of the kernels' names. */
export const packedVariants = ['s8', 's16', 's16_acc32'] as const satisfies readonly Variant[];
export type PackedVariant = (typeof packedVariants)[number];

export function packedVariantOf(p: WeightedParameters): Variant {
  return variantOf(unpackedInt8(p));
}

/** For kernels of int8 weights: packed, int4 weights are int8 ones of few values. */
export function unpackedInt8<P extends WeightedParameters>(p: P): P {
  return p.weightsDtype === 'int4' ? { ...p, weightsDtype: 'int8' } : p;
}

/** @param layout shape of the rows, for the reader */
export function packedLayerConstants(
  p: WeightedParameters,
  packed: PackedWeights,
  label: string,
  layout: string,
): Constant[] {
  return [...packedConstants(packed, label, layout), ...biasAndScales(p, label)];
}

export function printPacking(
  printer: Printer,
  at: Addresses,
  { gapBits, indexBits, skip }: PackedWeights,
): void {
  const fields = { gap_bits: gapBits, index_bits: indexBits, skip };
  printStruct(printer, `struct ${at.kernel('crimp_packing')} packing`, fields);
}

/** Prints `packing`, `quantization` and the call. The structure `shape` has been printed. */
export function printPackedCall(
  printer: Printer,
  at: Addresses,
  p: WeightedParameters,
  packed: PackedWeights,
  label: string,
  kernel: string,
  scratch: readonly string[],
): void {
  printPacking(printer, at, packed);
  printStruct(printer, `struct ${at.kernel('crimp_quantization')} quantization`, {
    input_offset: p.inputOffset,
    output_offset: p.outputOffset,
    activation_min: p.activation.min,
    activation_max: p.activation.max,
  });
  const constant = (name: string) => at.constant(`${label}_${name}`);
  printer
    .line()
    .call(at.kernel(kernel), [
      at.input(0),
      at.output(0),
      constant('weights'),
      constant('codebook'),
      p.bias ? constant('bias') : 'NULL',
      constant('multiplier'),
      constant('shift'),
      ...scratch,
      '&shape',
      '&packing',
      '&quantization',
    ]);
}
