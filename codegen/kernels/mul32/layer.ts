/** What the descriptors of the mul32 kernels share: their constants and the printed call. */
import type { WeightedParameters } from '../../../src/ops/convolution.js';
import type { Addresses, Constant } from '../../layer.js';
import type { Printer } from '../../printer.js';
import { printStruct } from '../portable/weighted.js';
import { shiftsOf } from './proof.js';

/** @param layout shape of the weights for the reader */
export function quantizedConstants(
  p: WeightedParameters,
  label: string,
  layout: string,
  weights: Int8Array,
  bias: Int32Array,
): Constant[] {
  return [
    {
      name: `${label}_weights`,
      ctype: 'int8_t',
      data: weights,
      comment: `${label}: weights ${layout}`,
      align: 4,
    },
    ...scaleConstants(p, label, bias),
  ];
}

/** @param bias folded */
export function scaleConstants(p: WeightedParameters, label: string, bias: Int32Array): Constant[] {
  return [
    {
      name: `${label}_bias`,
      ctype: 'int32_t',
      data: bias,
      comment: `${label}: bias of each output channel, with input offset * sum of weights added`,
      align: 4,
    },
    {
      name: `${label}_multiplier`,
      ctype: 'int32_t',
      data: p.multiplier,
      comment: `${label}: real multiplier of the sums = multiplier * 2^(shift - 31)`,
      align: 4,
    },
    {
      name: `${label}_shift`,
      ctype: 'int8_t',
      data: shiftsOf(p),
      comment: `${label}: shift`,
      align: 1,
    },
  ];
}

interface KernelCall {
  readonly name: string;
  readonly struct: string;
  readonly scratch: boolean;
  /** Takes a codebook with its weights, and the structure `packing`, which has been printed. */
  readonly packed?: boolean;
  /** How sums are requantized; bias, multiplier and shift without it. */
  readonly scales?: readonly string[];
  /** Further constants, behind these; undefined for one that the layer goes without. */
  readonly more?: readonly (string | undefined)[];
}

/** Prints the layer's structure and the call. `stride` is the distance of values that share a multiplier. */
export function printLayer(
  printer: Printer,
  at: Addresses,
  p: WeightedParameters,
  label: string,
  { name, struct, scratch, packed = false, scales = ['bias', 'multiplier', 'shift'], more = [] }: KernelCall,
  shape: Readonly<Record<string, number>>,
  stride: number,
): void {
  printStruct(printer, `struct ${at.kernel(struct)} layer`, {
    ...shape,
    output_offset: p.outputOffset,
    'store.min': p.activation.min,
    'store.max': p.activation.max,
    'store.stride': stride,
  });
  const names = ['weights', ...(packed ? ['codebook'] : []), ...scales, ...more];
  printer
    .line()
    .call(at.kernel(name), [
      at.input(0),
      at.output(0),
      ...names.map((constant) => (constant ? at.constant(`${label}_${constant}`) : '0')),
      ...(scratch ? [at.scratch('int32_t')] : []),
      '&layer',
      ...(packed ? ['&packing'] : []),
    ]);
}
