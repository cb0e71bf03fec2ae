/** The portable kernels of SOFTMAX: softmax_s8.c and its siblings. All read an input before they write its output. */
import type {
  SoftmaxFloat32Parameters,
  SoftmaxInt8Parameters,
  SoftmaxInt16Parameters,
  SoftmaxParameters,
} from '../../../src/ops/softmax.js';
import { elementWiseOverlaps } from '../../element_wise.js';
import type { Kernel } from '../../kernel.js';
import type { Constant, Layer, LowerContext } from '../../layer.js';
import { floatLiteral } from '../../literals.js';

function softmaxInt8(p: SoftmaxInt8Parameters, { label }: LowerContext): Omit<Layer, 'op' | 'kernel'> {
  const ending = p.output === 'int8' ? 's8' : 's8_s16';
  const name = `${label}_exp`;
  const comment = `${label}: e^(-d * scale * beta), Q0.31, for d = 0 .. ${p.exp.length - 1}`;
  return {
    scratchBytes: 0,
    overlaps: elementWiseOverlaps('int8', p.output, p.rows * p.depth),
    constants: [{ name, ctype: 'int32_t', data: p.exp, comment, align: 4 }],
    sources: [`portable/softmax_${ending}.c`],
    emit(printer, at) {
      const numbers = [`${p.rows}`, `${p.depth}`, at.constant(name), `${p.exp.length}`];
      printer.call(at.kernel(`crimp_softmax_${ending}`), [at.input(0), at.output(0), ...numbers]);
    },
  };
}

function softmaxInt16(p: SoftmaxInt16Parameters, { label }: LowerContext): Omit<Layer, 'op' | 'kernel'> {
  const table = (name: string, data: Int16Array, comment: string): Constant => {
    return { name: `${label}_${name}`, ctype: 'int16_t', data, comment: `${label}: ${comment}`, align: 4 };
  };
  const exp = table('exp', p.expLut, 'e^x over -10 .. 0, Q0.15');
  const reciprocal = table('reciprocal', p.reciprocalLut, '1 / (1 + x) over 0 .. 1, Q0.15');
  return {
    scratchBytes: 0,
    overlaps: [{ input: 0, lead: 0 }],
    constants: [exp, reciprocal],
    sources: ['portable/softmax_s16.c'],
    emit(printer, at) {
      const numbers = [p.rows, p.depth, p.multiplier, p.shift].map(String);
      const tables = [at.constant(exp.name), at.constant(reciprocal.name)];
      printer.call(at.kernel('crimp_softmax_s16'), [at.input(0), at.output(0), ...numbers, ...tables]);
    },
  };
}

function softmaxFloat32(p: SoftmaxFloat32Parameters): Omit<Layer, 'op' | 'kernel'> {
  return {
    scratchBytes: 0,
    overlaps: [{ input: 0, lead: 0 }],
    constants: [],
    sources: ['portable/softmax_f32.c'],
    emit(printer, at) {
      const numbers = [`${p.rows}`, `${p.depth}`, floatLiteral(p.beta)];
      printer.call(at.kernel('crimp_softmax_f32'), [at.input(0), at.output(0), ...numbers]);
    },
  };
}

const endings = ['s8', 's8_s16', 's16', 'f32'] as const;

function endingOf(p: SoftmaxParameters): (typeof endings)[number] {
  if (p.input === 'int8') return p.output === 'int8' ? 's8' : 's8_s16';
  return p.input === 'int16' ? 's16' : 'f32';
}

export const portableSoftmax: readonly Kernel<SoftmaxParameters>[] = endings.map((ending) => ({
  capability: 'portable',
  name: `softmax_${ending}`,
  accepts: (p) => endingOf(p) === ending,
  lower(p, context) {
    if (p.input === 'int8') return softmaxInt8(p, context);
    return p.input === 'int16' ? softmaxInt16(p, context) : softmaxFloat32(p);
  },
}));
