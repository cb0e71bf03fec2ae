/** The portable kernels of pooling: average_pool_s8.c, max_pool_s8.c and their siblings; L2_POOL_2D has but l2_pool_f32.c. */
import { elementBytes } from '../../../src/graph/access.js';
import type { PoolParameters } from '../../../src/ops/pooling.js';
import { windowWork } from '../../cost/work.js';
import { endingOf } from '../../element_wise.js';
import type { Kernel } from '../../kernel.js';
import type { Addresses } from '../../layer.js';
import { windowLead } from '../../lead.js';
import { floatLiteral } from '../../literals.js';
import type { Printer } from '../../printer.js';
import { printStruct } from './weighted.js';

/** Every channel is pooled on its own. */
const grouping = { filterChannels: 1, groupOutputs: 1 };

/** @param kind as in the names of the files */
export function portablePool(
  kind: 'average_pool' | 'max_pool' | 'l2_pool',
): readonly Kernel<PoolParameters>[] {
  return (['int8', 'int16', 'float32'] as const).map((dtype) => ({
    capability: 'portable',
    name: `${kind}_${endingOf[dtype]}`,
    accepts: (p) => p.dtype === dtype,
    lower: (p) => ({
      scratchBytes: 0,
      overlaps: [{ input: 0, lead: windowLead(p, elementBytes(dtype), grouping) }],
      constants: [],
      work: windowWork(p, p.input.channels),
      sources: [`portable/${kind}_${endingOf[dtype]}.c`],
      emit(printer, at) {
        printPool(printer, at, p);
        const { min, max } = p.activation;
        const range = dtype === 'float32' ? [floatLiteral(min), floatLiteral(max)] : [`${min}`, `${max}`];
        const kernel = at.kernel(`crimp_${kind}_${endingOf[dtype]}`);
        printer.line().call(kernel, [at.input(0), at.output(0), '&pool', ...range]);
      },
    }),
  }));
}

/** `pool`, as struct crimp_pool. */
export function printPool(printer: Printer, at: Addresses, p: PoolParameters): void {
  printStruct(printer, `struct ${at.kernel('crimp_pool')} pool`, {
    batch: p.batch,
    input_height: p.input.height,
    input_width: p.input.width,
    channels: p.input.channels,
    output_height: p.output.height,
    output_width: p.output.width,
    filter_height: p.filter.height,
    filter_width: p.filter.width,
    stride_height: p.stride.height,
    stride_width: p.stride.width,
    padding_top: p.padding.top,
    padding_left: p.padding.left,
  });
}
