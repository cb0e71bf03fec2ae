/** Comma-separated values: one row a sample, its values in the order of the model's inputs, and a label if there is one. */
import { type Options, parse } from 'csv-parse/sync';
import { CrimpError, type Diagnostic, error, inputError } from '../diagnostics.js';
import { elementCount } from '../graph/access.js';
import type { Graph } from '../graph/graph.js';
import { channelsToEnd } from './channels_first.js';
import { type CsvLayout, layoutOf } from './csv_layout.js';
import type { FileArray, FileValues } from './file_array.js';
import { numberClasses } from './labels.js';
import type { ReadOptions } from './options.js';
import { isQuantized } from './values.js';

export interface Rows {
  readonly count: number;
  /** By position in graph.inputs. */
  readonly inputs: readonly FileValues[];
  /** The label's column: numbers, or the numbers of names. */
  readonly y?: FileArray;
  /** Where labels are names. */
  readonly classes?: readonly string[];
}

/** After so many, another one tells nothing new. */
const maxProblems = 10;

/** @throws CrimpError with the problems of all rows, by line: `data-format`, `data-shape`, `data-values`, `data-labels` */
export function parseCsv(bytes: Uint8Array, graph: Graph, file: string, options: ReadOptions = {}): Rows {
  const sizes = graph.inputs.map((t) => elementCount(graph.tensors[t]!.shape));
  const width = sizes.reduce((a, b) => a + b, 0);
  const problems: Diagnostic[] = [];
  const report = (code: string, line: number, message: string, hint: string) => {
    problems.push(error(code, message, hint, { file, place: `line ${line}` }));
    if (problems.length === maxProblems) throw new CrimpError(problems);
  };
  const values = new Growing(isExact(graph) ? Float64Array : Float32Array);
  const labels: string[] = [];
  let layout: CsvLayout | undefined;
  eachRecord(bytes, file, (record, line) => {
    if (!layout) {
      layout = layoutOf(record, width, file, line, options.labelColumn);
      if (layout.header) return;
    }
    const { columns, label } = layout;
    if (record.length !== columns) {
      const message = `has ${record.length} values, and line ${layout.line} has ${columns}`;
      report('data-shape', line, message, 'Give every row the same number of columns.');
      return;
    }
    for (let c = 0; c < columns; c++) {
      const text = record[c]!;
      if (c === label) {
        if (text === '' || notFinite.test(text)) {
          report('data-labels', line, `its label is ${told(text)}`, 'Give every row a label.');
        }
        labels.push(text);
        continue;
      }
      const value = Number(text);
      if (text === '' || !Number.isFinite(value)) {
        const name = layout.names ? `column ${c + 1} "${layout.names[c]}"` : `column ${c + 1}`;
        report(
          'data-values',
          line,
          `${name} is ${told(text)}`,
          'Clean the data: every value is a finite number.',
        );
      }
      values.push(value);
    }
  });
  if (problems.length > 0) throw new CrimpError(problems);
  const count = values.length / width;
  if (count === 0) {
    throw inputError(
      'data-shape',
      layout ? 'holds a header and no samples' : 'is empty',
      'Put at least one row in.',
      {
        file,
      },
    );
  }
  const inputs = split(pixelsOr(values.array()), count, sizes).map((own, i) =>
    graph.channelsFirst?.[i] ? channelsToEnd(own, graph.tensors[graph.inputs[i]!]!.shape) : own,
  );
  return { count, inputs, ...(layout!.label !== undefined && labelsFrom(labels, graph, file, options)) };
}

const notFinite = /^[+-]?(nan|inf|infinity)$/i;

function told(text: string): string {
  if (text === '') return 'empty';
  return notFinite.test(text) ? text : `${JSON.stringify(text)}, no number`;
}

/** Whether an input takes integers that float32 cannot hold. */
function isExact(graph: Graph): boolean {
  return graph.inputs.some((t) => graph.tensors[t]!.dtype !== 'float32' && !isQuantized(graph.tensors[t]!));
}

function eachRecord(bytes: Uint8Array, file: string, use: (record: string[], line: number) => void): void {
  const head = new TextDecoder().decode(bytes.subarray(0, 65536)).split(/\r|\n/, 1)[0]!;
  const options: Options = {
    bom: true,
    delimiter: [',', ';', '\t'].find((sign) => head.includes(sign)) ?? ',',
    comment: '#',
    comment_no_infix: true,
    skip_empty_lines: true,
    trim: true,
    relax_column_count: true,
    on_record: (record, { lines }) => {
      use(record as unknown as string[], lines);
      // Nothing is kept: a table of text takes many times the room of its numbers.
      return null;
    },
  };
  try {
    parse(bytes as Buffer, options);
  } catch (cause) {
    if (cause instanceof CrimpError) throw cause;
    const { message, lines } = cause as Error & { lines?: number };
    throw inputError('data-format', message, 'Save it again as comma-separated values.', {
      file,
      place: lines === undefined ? undefined : `line ${lines}`,
    });
  }
}

/** Whole numbers that fill 0 … 255 are pixels. */
function pixelsOr(values: Float32Array | Float64Array): FileValues {
  let greatest = 0;
  for (const v of values) {
    if (!(v >= 0 && v <= 255 && Number.isInteger(v))) return values;
    if (v > greatest) greatest = v;
  }
  return greatest === 255 ? Uint8Array.from(values) : values;
}

function split(values: FileValues, count: number, sizes: readonly number[]): FileValues[] {
  if (sizes.length === 1) return [values];
  const width = values.length / count;
  let offset = 0;
  return sizes.map((size) => {
    const from = offset;
    offset += size;
    const own = values.slice(0, count * size) as Float32Array;
    for (let i = 0; i < count; i++) {
      own.set(values.subarray(i * width + from, i * width + from + size) as Float32Array, i * size);
    }
    return own;
  });
}

/** All numbers, or else all names. */
function labelsFrom(
  texts: readonly string[],
  graph: Graph,
  file: string,
  { onNote }: ReadOptions,
): Pick<Rows, 'y' | 'classes'> {
  const shape = [texts.length];
  const values = Float64Array.from(texts, Number);
  if (values.every((v) => Number.isFinite(v))) return { y: { values, shape } };
  const { classes, numbers } = numberClasses(texts, graph, file, onNote);
  return { y: { values: Int32Array.from(texts, (name) => numbers.get(name)!), shape }, classes };
}

/** Numbers, as many as come. */
class Growing {
  length = 0;
  private held: Float32Array | Float64Array;

  constructor(private readonly type: typeof Float32Array | typeof Float64Array) {
    this.held = new type(1024);
  }

  push(value: number): void {
    if (this.length === this.held.length) {
      const wider = new this.type(2 * this.length);
      wider.set(this.held);
      this.held = wider;
    }
    this.held[this.length++] = value;
  }

  array(): Float32Array | Float64Array {
    return this.held.slice(0, this.length);
  }
}
