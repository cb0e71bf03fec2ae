/**
 * The portable kernels of QUANTIZE, which RELU shares: 8 bits to 8 bits by a table (lookup.c), other integers by
 * arithmetic (quantize.c), real values (quantize_f32.c).
 */
import { elementBytes } from '../../../src/graph/access.js';
import {
  type QuantizeFloatParameters,
  type QuantizeParameters,
  type RequantizeParameters,
  requantizeValue,
} from '../../../src/ops/quantize.js';
import { elementWiseOverlaps, endingOf } from '../../element_wise.js';
import type { Kernel } from '../../kernel.js';
import type { Constant, Layer, LowerContext } from '../../layer.js';
import { floatLiteral } from '../../literals.js';
import { printStruct } from './weighted.js';

/** Every value of an 8-bit type, by its bits, as the other type has it. */
function lookupTable(p: RequantizeParameters): Int8Array | Uint8Array {
  const table = p.output === 'uint8' ? new Uint8Array(256) : new Int8Array(256);
  for (let i = 0; i < 256; i++) table[i] = requantizeValue(p, p.input === 'int8' ? (i << 24) >> 24 : i);
  return table;
}

function lookup(p: RequantizeParameters, { label }: LowerContext): Omit<Layer, 'op' | 'kernel'> {
  const ending = p.input === p.output ? 's8' : `${endingOf[p.input]}_${endingOf[p.output]}`;
  const table: Constant = {
    name: `${label}_table`,
    ctype: p.output === 'uint8' ? 'uint8_t' : 'int8_t',
    data: lookupTable(p),
    comment: `${label}: the output for each input, by the input's bits`,
    align: 4,
  };
  return {
    scratchBytes: 0,
    overlaps: elementWiseOverlaps(p.input, p.output, p.count),
    constants: [table],
    sources: ['portable/lookup.c'],
    emit(printer, at) {
      const rest = [`${p.count}`, at.constant(table.name)];
      printer.call(at.kernel(`crimp_lookup_${ending}`), [at.input(0), at.output(0), ...rest]);
    },
  };
}

function rescale(p: RequantizeParameters): Omit<Layer, 'op' | 'kernel'> {
  return {
    scratchBytes: 0,
    overlaps: elementWiseOverlaps(p.input, p.output, p.count),
    constants: [],
    sources: ['portable/quantize.c'],
    emit(printer, at) {
      printStruct(printer, `struct ${at.kernel('crimp_rescaling')} rescaling`, {
        input_zero_point: p.inputZeroPoint,
        multiplier: p.multiplier,
        shift: p.shift,
        output_zero_point: p.outputZeroPoint,
        min: p.range.min,
        max: p.range.max,
      });
      const kernel = at.kernel(`crimp_quantize_${endingOf[p.input]}_${endingOf[p.output]}`);
      printer.line().call(kernel, [at.input(0), at.output(0), `${p.count}`, '&rescaling']);
    },
  };
}

function quantizeFloat(p: QuantizeFloatParameters): Omit<Layer, 'op' | 'kernel'> {
  return {
    scratchBytes: 0,
    overlaps: elementWiseOverlaps('float32', p.output, p.count),
    constants: [],
    sources: ['portable/quantize_f32.c'],
    emit(printer, at) {
      const rest = [`${p.count}`, floatLiteral(p.scale), `${p.zeroPoint}`];
      printer.call(at.kernel(`crimp_quantize_f32_${endingOf[p.output]}`), [
        at.input(0),
        at.output(0),
        ...rest,
      ]);
    },
  };
}

const isNarrow = (p: QuantizeParameters) => elementBytes(p.input) === 1 && elementBytes(p.output) === 1;

export const portableQuantize: readonly Kernel<QuantizeParameters>[] = [
  {
    capability: 'portable',
    name: 'lookup',
    accepts: isNarrow,
    lower: (p, context) => lookup(p as RequantizeParameters, context),
  },
  {
    capability: 'portable',
    name: 'quantize',
    accepts: (p) => p.input !== 'float32' && !isNarrow(p),
    lower: (p) => rescale(p as RequantizeParameters),
  },
  {
    capability: 'portable',
    name: 'quantize_f32',
    accepts: (p) => p.input === 'float32',
    lower: (p) => quantizeFloat(p as QuantizeFloatParameters),
  },
];
