/**
 * The portable kernels of QUANTIZE, which RELU shares: 8 bits to 8 bits by a table (lookup.c), other integers by
 * arithmetic (quantize.c), real values (quantize_f32.c).
 */
import { elementBytes } from '../../../src/graph/access.js';
import { allValues, type LookupTableParameters } from '../../../src/ops/lookup_table.js';
import {
  type QuantizeFloatParameters,
  type QuantizeParameters,
  type RequantizeParameters,
  requantizeValue,
} from '../../../src/ops/quantize.js';
import { elementWiseOverlaps, endingOf } from '../../element_wise.js';
import type { Kernel } from '../../kernel.js';
import type { Layer } from '../../layer.js';
import { floatLiteral } from '../../literals.js';
import { lookupLayer } from './lookup.js';
import { printStruct } from './weighted.js';

type NarrowParameters = RequantizeParameters & Pick<LookupTableParameters, 'input' | 'output'>;

/** Every value of an 8-bit type, by its bits, as the other type has it. */
function lookupTable(p: NarrowParameters): Int8Array | Uint8Array {
  const values = [...allValues(p.input)].map((q) => requantizeValue(p, q));
  return p.output === 'uint8' ? Uint8Array.from(values) : Int8Array.from(values);
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
    lower: (p, { label }) =>
      lookupLayer({ ...(p as NarrowParameters), table: lookupTable(p as NarrowParameters) }, label),
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
