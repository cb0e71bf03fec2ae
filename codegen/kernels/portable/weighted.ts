/** What the portable kernels with weights share: which variant computes what, its constants and how it is called. */
import { packInt4 } from '../../../src/graph/int4.js';
import type { WeightedParameters } from '../../../src/ops/convolution.js';
import type { Addresses, Constant } from '../../layer.js';
import { floatLiteral } from '../../literals.js';
import type { Printer } from '../../printer.js';

/** Endings of the kernels' names. */
export const variants = ['s8', 's8_s4', 's16', 's16_acc32', 'f32'] as const;
export type Variant = (typeof variants)[number];

export function variantOf(p: WeightedParameters): Variant {
  if (p.dtype === 'float32') return 'f32';
  if (p.dtype === 'int16') return p.accumulator === 'int64' ? 's16' : 's16_acc32';
  return p.weightsDtype === 'int4' ? 's8_s4' : 's8';
}

/** @param layout shape of the weights for the reader: `[output channel 8][row 3][column 3][channel 1]` */
export function weightedConstants(p: WeightedParameters, label: string, layout: string): Constant[] {
  return [
    p.weightsDtype === 'int4'
      ? {
          name: `${label}_weights`,
          ctype: 'uint8_t',
          data: packInt4(p.weights),
          comment: `${label}: weights ${layout}, int4 two to a byte, the first in the lower half`,
          align: 4,
        }
      : {
          name: `${label}_weights`,
          ctype: p.weightsDtype === 'int8' ? 'int8_t' : 'float',
          data: p.weights,
          comment: `${label}: weights ${layout}`,
          align: 4,
        },
    ...biasAndScales(p, label),
  ];
}

export function biasAndScales(p: WeightedParameters, label: string): Constant[] {
  const constants: Constant[] = [];
  if (p.bias) {
    const ctype = { int8: 'int32_t', int16: 'int64_t', float32: 'float' } as const;
    constants.push({
      name: `${label}_bias`,
      ctype: p.bias instanceof Int32Array ? 'int32_t' : ctype[p.dtype],
      data: p.bias,
      comment: `${label}: bias of each output channel`,
      align: p.bias instanceof BigInt64Array ? 8 : 4,
    });
  }
  if (p.dtype !== 'float32') {
    constants.push(
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
        data: Int8Array.from(p.shift),
        comment: `${label}: shift`,
        align: 4,
      },
    );
  }
  return constants;
}

/** A structure of numbers under a local name. */
export function printStruct(
  printer: Printer,
  declaration: string,
  fields: Readonly<Record<string, number | string>>,
): void {
  printer.block(
    `static const ${declaration} =`,
    () => {
      for (const [name, value] of Object.entries(fields)) printer.line(`.${name} = ${value},`);
    },
    ';',
  );
}

/**
 * Prints `quantization` where there is one, and the call. The structure `shape` has been printed.
 *
 * @param input position of the activations in op.inputs
 */
export function printWeightedCall(
  printer: Printer,
  at: Addresses,
  p: WeightedParameters,
  label: string,
  kernel: string,
  input = 0,
): void {
  const tensors = [
    at.input(input),
    at.output(0),
    at.constant(`${label}_weights`),
    p.bias ? at.constant(`${label}_bias`) : 'NULL',
  ];
  if (p.dtype === 'float32') {
    const range = [floatLiteral(p.activation.min), floatLiteral(p.activation.max)];
    printer.line().call(at.kernel(kernel), [...tensors, '&shape', ...range]);
    return;
  }
  printStruct(printer, `struct ${at.kernel('crimp_quantization')} quantization`, {
    input_offset: p.inputOffset,
    output_offset: p.outputOffset,
    activation_min: p.activation.min,
    activation_max: p.activation.max,
  });
  const scales = [at.constant(`${label}_multiplier`), at.constant(`${label}_shift`)];
  printer.line().call(at.kernel(kernel), [...tensors, ...scales, '&shape', '&quantization']);
}
