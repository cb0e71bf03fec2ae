/** How the rv32im kernels are called. */
import type { Addresses } from '../../layer.js';
import type { Printer } from '../../printer.js';
import { printStruct } from '../portable/weighted.js';
import type { Rescale } from './proof.js';

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
