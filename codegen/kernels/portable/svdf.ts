/** The portable kernels of SVDF: svdf_s8.c and its siblings. They need no scratch: a filter is done with once its unit has it. */
import { type SvdfParameters, svdfOperands } from '../../../src/ops/svdf.js';
import type { Kernel } from '../../kernel.js';
import { floatLiteral } from '../../literals.js';
import { printStruct } from './weighted.js';

type Parameters = SvdfParameters & { readonly biased: boolean };

const variants = ['s8', 's8_s16', 'f32'] as const;

function variantOf(p: SvdfParameters): (typeof variants)[number] {
  if (p.dtype === 'float32') return 'f32';
  return p.stateDtype === 'int8' ? 's8' : 's8_s16';
}

export const portableSvdf: readonly Kernel<Parameters>[] = variants.map((variant) => ({
  capability: 'portable',
  name: `svdf_${variant}`,
  accepts: (p) => variantOf(p) === variant,
  lower: (p) => ({
    scratchBytes: 0,
    // Each unit reads the whole input.
    overlaps: [],
    constants: [],
    sources: [`portable/svdf_${variant}.c`],
    emit(printer, at) {
      printStruct(printer, `struct ${at.kernel('crimp_svdf')} shape`, {
        batch: p.batch,
        inputs: p.inputs,
        units: p.units,
        rank: p.rank,
        memory: p.memory,
      });
      const { input, feature, time, bias, state } = svdfOperands;
      const tensors = [at.input(input), at.output(0), at.input(feature), at.input(time)];
      const last = [p.biased ? at.input(bias) : 'NULL', at.state(state), '&shape'];
      if (p.dtype === 'float32') {
        const range = p.activation
          ? ['1', floatLiteral(p.activation.min), floatLiteral(p.activation.max)]
          : ['0', '0.0f', '0.0f'];
        printer.line().call(at.kernel('crimp_svdf_f32'), [...tensors, ...last, ...range]);
        return;
      }
      printStruct(printer, `struct ${at.kernel('crimp_svdf_scales')} scales`, {
        input_offset: p.inputOffset,
        state_zero_point: p.stateZeroPoint,
        output_offset: p.outputOffset,
        feature_multiplier: p.feature.multiplier,
        feature_shift: p.feature.shift,
        time_multiplier: p.time.multiplier,
        time_shift: p.time.shift,
      });
      printer.line().call(at.kernel(`crimp_svdf_${variant}`), [...tensors, ...last, '&scales']);
    },
  }),
}));
