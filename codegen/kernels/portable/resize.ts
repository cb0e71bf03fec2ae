/** The portable kernels of RESIZE_BILINEAR and RESIZE_NEAREST_NEIGHBOR, which find pixels by tables. */
import type { ResizeBilinearParameters } from '../../../src/ops/resize_bilinear.js';
import type { ResizeNearestNeighborParameters } from '../../../src/ops/resize_nearest_neighbor.js';
import type { ResizedImages } from '../../../src/ops/resizing.js';
import { endingOf } from '../../element_wise.js';
import type { Kernel } from '../../kernel.js';
import type { Addresses, Constant } from '../../layer.js';
import { leadOf } from '../../lead.js';
import type { Printer } from '../../printer.js';
import { printStruct } from './weighted.js';

function printShape(printer: Printer, at: Addresses, p: ResizedImages): void {
  printStruct(printer, `struct ${at.kernel('crimp_resize')} shape`, {
    batch: p.batch,
    input_height: p.input.height,
    input_width: p.input.width,
    output_height: p.output.height,
    output_width: p.output.width,
    channels: p.channels,
  });
  printer.line();
}

/** Bytes by which pixels are written ahead of those still read, when each is read whole from the first of its `places` on. */
function pixelLead(p: ResizedImages, rows: Uint16Array, columns: Uint16Array, pixelBytes: number): number {
  const { height, width } = p.output;
  return leadOf(p.batch * height * width, pixelBytes, (i) => {
    const [x, y] = [i % width, Math.floor(i / width) % height];
    const batch = Math.floor(i / (width * height));
    return (batch * p.input.height + rows[y]!) * p.input.width + columns[x]!;
  });
}

function table(name: string, data: Constant['data'], comment: string): Constant {
  const ctype = data instanceof Uint16Array ? 'uint16_t' : data instanceof Int16Array ? 'int16_t' : 'float';
  return { name, ctype, data, comment, align: 4 };
}

export const portableResizeNearestNeighbor: readonly Kernel<ResizeNearestNeighborParameters>[] = [
  {
    capability: 'portable',
    name: 'resize_nearest_neighbor',
    accepts: () => true,
    lower(p, { label }) {
      const constants = [
        table(`${label}_rows`, p.rows, `${label}: row of the input for each of the output`),
        table(`${label}_columns`, p.columns, `${label}: column of the input for each of the output`),
      ];
      return {
        scratchBytes: 0,
        overlaps: [{ input: 0, lead: pixelLead(p, p.rows, p.columns, p.pixelBytes) }],
        constants,
        sources: ['portable/resize_nearest_neighbor.c'],
        emit(printer, at) {
          printShape(printer, at, p);
          const tables = constants.map(({ name }) => at.constant(name));
          const args = [at.input(0), at.output(0), ...tables, `${p.pixelBytes}`, '&shape'];
          printer.call(at.kernel('crimp_resize_nearest_neighbor'), args);
        },
      };
    },
  },
];

export const portableResizeBilinear: readonly Kernel<ResizeBilinearParameters>[] = (
  ['int8', 'float32'] as const
).map((dtype) => ({
  capability: 'portable',
  name: `resize_bilinear_${endingOf[dtype]}`,
  accepts: (p) => p.dtype === dtype,
  lower(p, { label }) {
    const unit = dtype === 'int8' ? ' in 1024ths' : '';
    const constants = [
      table(
        `${label}_rows`,
        p.rows.low,
        `${label}: the upper of the two rows that each of the output lies between`,
      ),
      table(`${label}_row_weights`, p.rows.weight, `${label}: the lower row's weight${unit}`),
      table(`${label}_columns`, p.columns.low, `${label}: the left of the two columns`),
      table(`${label}_column_weights`, p.columns.weight, `${label}: the right column's weight${unit}`),
    ];
    return {
      scratchBytes: 0,
      overlaps: [],
      constants,
      sources: [`portable/resize_bilinear_${endingOf[dtype]}.c`],
      emit(printer, at) {
        printShape(printer, at, p);
        const tables = constants.map(({ name }) => at.constant(name));
        const kernel = at.kernel(`crimp_resize_bilinear_${endingOf[dtype]}`);
        printer.call(kernel, [at.input(0), at.output(0), ...tables, '&shape']);
      },
    };
  },
}));
