/** What the descriptors of the rv32im kernels share: their constants and the printed call. */
import type { WeightedParameters } from '../../../src/ops/convolution.js';
import type { Addresses, Constant } from '../../layer.js';
import type { Printer } from '../../printer.js';
import { shiftsOf } from '../mul32/proof.js';
import { printStruct } from '../portable/weighted.js';
import type { Rescale } from './proof.js';

/**
 * @param layout shape of the weights for the reader
 * @param bias folded
 */
export function constantsOf(
  p: WeightedParameters,
  label: string,
  layout: string,
  weights: Int8Array,
  bias: Int32Array,
  { align }: Rescale,
): Constant[] {
  return [
    {
      name: `${label}_weights`,
      ctype: 'int8_t',
      data: weights,
      comment: `${label}: weights ${layout}`,
      align: 4,
    },
    {
      name: `${label}_bias`,
      ctype: 'int32_t',
      data: bias.map((b) => b * 2 ** align),
      comment: `${label}: (bias of each output channel, with input offset * sum of weights added) * 2^${align}`,
      align: 4,
    },
    {
      name: `${label}_multiplier`,
      ctype: 'int32_t',
      data: p.multiplier,
      comment: `${label}: real multiplier of the sums = multiplier * 2^(${align - 32} - shift)`,
      align: 4,
    },
    {
      name: `${label}_shift`,
      ctype: 'int8_t',
      data: shiftsOf(p).map((shift) => align - 1 - shift),
      comment: `${label}: right shift`,
      align: 1,
    },
  ];
}

interface KernelCall {
  readonly name: string;
  readonly struct: string;
  /** Type of its elements; absent where there is none. */
  readonly scratch?: string;
}

/** Prints the layer's structure and the call. */
export function printCall(
  printer: Printer,
  at: Addresses,
  label: string,
  { name, struct, scratch }: KernelCall,
  shape: Readonly<Record<string, number>>,
  rescale: Rescale,
): void {
  const fields = Object.entries(rescale).map(([field, value]) => [`rescale.${field}`, value] as const);
  printStruct(printer, `struct ${at.kernel(struct)} layer`, { ...shape, ...Object.fromEntries(fields) });
  printer
    .line()
    .call(at.kernel(name), [
      at.input(0),
      at.output(0),
      ...['weights', 'bias', 'multiplier', 'shift'].map((constant) => at.constant(`${label}_${constant}`)),
      ...(scratch ? [at.scratch(scratch)] : []),
      '&layer',
    ]);
}
