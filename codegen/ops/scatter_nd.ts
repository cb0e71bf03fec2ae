/** How SCATTER_ND becomes C: zeros, and each slice added where it belongs. */
import type { DType } from '../../src/graph/graph.js';
import { scatterNdParameters } from '../../src/ops/scatter_nd.js';
import type { OpEmitter } from '../layer.js';
import { ctypeOf } from '../literals.js';

/** Sums of integers wrap: C has that for unsigned types alone. */
const sums: Readonly<Partial<Record<DType, string>>> = {
  int8: '(int8_t)(uint8_t)(output[i] + *updates++)',
  uint8: '(uint8_t)(output[i] + *updates++)',
  int32: '(int32_t)((uint32_t)output[i] + (uint32_t)*updates++)',
  float32: 'output[i] + *updates++',
};

export const scatterNd: OpEmitter<'SCATTER_ND'> = {
  type: 'SCATTER_ND',
  lower(op, graph, { index }) {
    const { dtype, slices, inner, counts, strides, size } = scatterNdParameters(op, graph);
    return {
      op: index,
      kernel: 'portable/scatter_nd',
      scratchBytes: 0,
      overlaps: [],
      constants: [],
      sources: [],
      emit(printer, at) {
        const type = ctypeOf[dtype];
        const place = (c: number) => `places[${c}]`;
        printer.line(`const int32_t *places = ${at.input(0)};`);
        printer.line(`const ${type} *updates = ${at.input(1)};`);
        printer.line(`${type} *sum = ${at.output(0)};`).line();
        printer.block(`for (int32_t i = 0; i < ${size}; ++i)`, () => {
          printer.line('sum[i] = 0;');
        });
        printer.loop('slice', slices, () => {
          const begin = strides.map((stride, c) => (stride === 1 ? place(c) : `${place(c)} * ${stride}`));
          const outside = counts.map((n, c) => `${place(c)} < 0 || ${place(c)} >= ${n}`).join(' || ');
          printer.block(`if (${outside})`, () => {
            printer.line(`updates += ${inner};`);
          });
          printer.block('else', () => {
            printer.line(`${type} *output = sum + ${begin.join(' + ')};`).line();
            printer.line(`for (int32_t i = 0; i < ${inner}; ++i)`);
            printer.line(`    output[i] = ${sums[dtype]};`);
          });
          printer.line(`places += ${counts.length};`);
        });
      },
    };
  },
};
