/** The portable kernels of LOG_SOFTMAX. Both have read all of a row, and once more a value, before they write that. */
import type { LogSoftmaxInt8Parameters, LogSoftmaxParameters } from '../../../src/ops/log_softmax.js';
import type { Kernel } from '../../kernel.js';
import type { Constant, Layer, LowerContext } from '../../layer.js';
import { printStruct } from './weighted.js';

type Lowered = Omit<Layer, 'op' | 'kernel'>;

const overlaps = [{ input: 0, lead: 0 }];

function logSoftmaxInt8(p: LogSoftmaxInt8Parameters, { label }: LowerContext): Lowered {
  const exp: Constant = {
    name: `${label}_exp`,
    ctype: 'int32_t',
    data: p.exp,
    comment: `${label}: e^(-d * scale), Q12.19, for d = 0 .. ${p.exp.length - 1}`,
    align: 4,
  };
  return {
    scratchBytes: 0,
    overlaps,
    constants: [exp],
    sources: ['portable/log_softmax_s8.c'],
    emit(printer, at) {
      printStruct(printer, `struct ${at.kernel('crimp_log_softmax')} scaling`, {
        multiplier: p.forward.multiplier,
        shift: p.forward.shift,
        reverse_multiplier: p.reverse.multiplier,
        reverse_shift: p.reverse.shift,
      });
      const rest = [at.constant(exp.name), `${p.exp.length}`, '&scaling'];
      const rows = [at.input(0), at.output(0), `${p.rows}`, `${p.depth}`];
      printer.line().call(at.kernel('crimp_log_softmax_s8'), [...rows, ...rest]);
    },
  };
}

export const portableLogSoftmax: readonly Kernel<LogSoftmaxParameters>[] = [
  {
    capability: 'portable',
    name: 'log_softmax_s8',
    accepts: (p) => p.dtype === 'int8',
    lower: (p, context) => logSoftmaxInt8(p as LogSoftmaxInt8Parameters, context),
  },
  {
    capability: 'portable',
    name: 'log_softmax_f32',
    accepts: (p) => p.dtype === 'float32',
    lower: ({ rows, depth }) => ({
      scratchBytes: 0,
      overlaps,
      constants: [],
      sources: ['portable/log_softmax_f32.c'],
      emit(printer, at) {
        const kernel = at.kernel('crimp_log_softmax_f32');
        printer.call(kernel, [at.input(0), at.output(0), `${rows}`, `${depth}`]);
      },
    }),
  },
];
