/** The table through which firmware knows its one model: crimp_model.c and crimp_model_sizes.h. */
import { ctypeOf } from '../../codegen/literals.js';
import { Printer } from '../../codegen/printer.js';
import type { ArenaRange, SourceIo, Sources } from '../../codegen/sources.js';
import type { DType } from '../graph/graph.js';

const typeNames: Readonly<Partial<Record<DType, string>>> = {
  int8: 'CRIMP_INT8',
  uint8: 'CRIMP_UINT8',
  bool: 'CRIMP_UINT8',
  int16: 'CRIMP_INT16',
  int32: 'CRIMP_INT32',
  float32: 'CRIMP_FLOAT32',
};

/** A float32 as mantissa · 2^exponent, exactly. */
export function splitFloat(value: number): { mantissa: number; exponent: number } {
  if (value === 0 || !Number.isFinite(value)) return { mantissa: 0, exponent: 0 };
  let mantissa = Math.fround(value);
  let exponent = 0;
  for (; Math.abs(mantissa) >= 2 ** 24; exponent++) mantissa /= 2;
  for (; !Number.isInteger(mantissa); exponent--) mantissa *= 2;
  return { mantissa, exponent };
}

function format({ dtype, quantization }: SourceIo): string {
  const { mantissa, exponent } = splitFloat(quantization?.scale[0] ?? 1);
  const zeroPoint = quantization?.zeroPoint[0] ?? 0;
  return `{${typeNames[dtype] ?? 'CRIMP_INT32'}, ${mantissa}, ${exponent}, ${zeroPoint}}`;
}

/** Inputs that the model reads row by row: out of the program's copy of the sample. */
function rowReaders({ inputs }: Sources, out: Printer): void {
  let offset = 0;
  for (const { byRows, bytes, dtype } of inputs) {
    if (byRows) {
      out.line().function(`void ${byRows.read}(uint32_t row, ${ctypeOf[dtype]} *to)`, () => {
        out.line(`memcpy(to, input_bytes + ${offset} + row * ${byRows.bytes}, ${byRows.bytes});`);
      });
    }
    offset += bytes;
  }
}

/** Text of the files by name; they go next to `sources.files` and firmware-templates/common. */
export function modelTable(sources: Sources): ReadonlyMap<string, string> {
  const { prefix } = sources;
  const upper = prefix.toUpperCase();
  const sizes = new Printer();
  sizes.comment(`Sizes of ${prefix}, written by crimp.`);
  sizes.line(`#define CRIMP_INPUT_BYTES ${sources.inputBytes}`);
  sizes.line(`#define CRIMP_OUTPUT_BYTES ${sources.outputBytes}`);
  sizes.line(`#define CRIMP_LAYERS ${sources.layers.length}`);

  const range = ({ offset, bytes }: ArenaRange) => `{${offset}, ${bytes}}`;
  const written = sources.tensors.map((t) => `{${t.index}, ${t.layer}, ${range(t)}}`);

  const table = new Printer();
  table.comment(`The firmware's view of ${prefix}, written by crimp.`);
  table.line('#include "crimp_model.h"').line(`#include "${prefix}.h"`);
  if (sources.inputs.some((io) => io.byRows)) table.line('#include <string.h>');
  table.line();
  table
    .array(
      'static const struct crimp_range inputs[]',
      sources.inputs.map((io) => (io.byRows ? `{CRIMP_BY_ROWS, ${io.bytes}}` : range(io as ArenaRange))),
    )
    .line();
  table.array('static const struct crimp_range outputs[]', sources.outputs.map(range)).line();
  table.array('static const struct crimp_format formats[]', sources.outputs.map(format)).line();
  // C has no empty arrays: a model of views alone gets one row that is not counted.
  const rows = written.length > 0 ? written : ['{0, 0, {0, 0}}'];
  table.array('static const struct crimp_tensor written[]', rows).line();
  const fields = [
    `.name = "${prefix}"`,
    `.hash = ${upper}_HASH`,
    `.arena = ${prefix}_arena`,
    `.arena_bytes = ${upper}_ARENA_BYTES`,
    `.input_count = ${sources.inputs.length}`,
    '.inputs = inputs',
    `.output_count = ${sources.outputs.length}`,
    '.outputs = outputs',
    '.formats = formats',
    `.layer_count = ${upper}_LAYERS`,
    `.layers = ${prefix}_layers`,
    `.reset = ${sources.state.length > 0 ? `${prefix}_reset` : '0'}`,
    `.tensor_count = ${sources.tensorCount}`,
    `.written_count = ${written.length}`,
    '.written = written',
  ];
  table.list('const struct crimp_model crimp_model', fields);
  rowReaders(sources, table);
  return new Map([
    ['crimp_model_sizes.h', sizes.toString()],
    ['crimp_model.c', table.toString()],
  ]);
}
