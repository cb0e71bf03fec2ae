/** `scaling` for the kernels that include shifted_sum.c. */
import type { ShiftedSum } from '../../../src/ops/shifted_sum.js';
import type { Addresses } from '../../layer.js';
import type { Printer } from '../../printer.js';
import { printStruct } from './weighted.js';

export function printShiftedSum(printer: Printer, at: Addresses, p: ShiftedSum): void {
  printStruct(printer, `struct ${at.kernel('crimp_shifted_sum')} scaling`, {
    input_offset: p.inputOffset,
    output_offset: p.outputOffset,
    multiplier: p.multiplier,
    shift: p.shift,
  });
}
