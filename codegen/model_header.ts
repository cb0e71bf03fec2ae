/** PREFIX.h: all that a program sees of a model. */
import type { Graph, Normalization, Tensor } from '../src/graph/graph.js';
import type { Target } from '../targets/target.js';
import { arenaPointer, ctypeOf, floatLiteral } from './literals.js';
import { numbered } from './names.js';
import { Printer } from './printer.js';
import type { SourceInput, SourceOutput, Sources } from './sources.js';

export type HeaderFacts = Omit<Sources, 'files'>;

/** `[1, 49, 10, 1] int8` */
export function describe(tensor: Tensor): string {
  return `[${tensor.shape.join(', ')}] ${tensor.dtype}`;
}

/** `1234567` → `1,234,567` */
export function grouped(n: number): string {
  return String(n).replace(/\B(?=(\d{3})+$)/g, ',');
}

export function modelHeader(graph: Graph, facts: HeaderFacts, target: Target): string {
  const { prefix } = facts;
  const upper = prefix.toUpperCase();
  const out = new Printer();
  const macs = facts.layers.reduce((n, layer) => n + layer.macs, 0);
  out.comment(
    `${prefix}: the model "${graph.name}" as plain C99, written by crimp for ${target.name}. Do not edit.`,
    '',
    `${grouped(macs)} MACs in ${counted(facts.layers.length, 'layer')}, ${grouped(facts.weightsBytes)} bytes of constants, ` +
      `${grouped(facts.arenaBytes)} bytes of arena. Identity ${facts.hash}.`,
    '',
    `${usage(facts)}, call ${prefix}_invoke(), read ${outputNames(facts).join(' and ')}. ` +
      'Inputs and outputs share one arena with everything in between: an inference may overwrite its inputs.',
  );
  out.line(`#ifndef ${upper}_H`).line(`#define ${upper}_H`).line();
  out.line('#include <stdint.h>').line();
  out.line('#ifdef __cplusplus').line('extern "C" {');
  if (target.firmware) {
    const room = target.firmware.ram.bytes - target.firmware.stackBytes;
    out.line('#else');
    out.line(
      `_Static_assert(${facts.arenaBytes} <= ${room}, "the arena of ${prefix} does not fit ${target.name}'s RAM");`,
    );
  }
  out.line('#endif').line();

  out.line(`#define ${upper}_HASH "${facts.hash}"`);
  out.line(`#define ${upper}_ARENA_BYTES ${facts.arenaBytes}`);
  out.line(`#define ${upper}_WEIGHTS_BYTES ${facts.weightsBytes}`);
  out.line(`#define ${upper}_LAYERS ${facts.layers.length}`);
  out.line(`#define ${upper}_INPUT_BYTES ${facts.inputBytes}`);
  out.line(`#define ${upper}_OUTPUT_BYTES ${facts.outputBytes}`).line();
  for (const io of tensorsOf(graph, facts)) ioMacros(out, upper, io);
  classesComment(out, graph);

  out.comment('Holds every activation, at offsets fixed when this code was written.');
  out.line(`extern uint8_t ${prefix}_arena[];`).line();
  for (const io of tensorsOf(graph, facts)) {
    const type = io.access + ctypeOf[io.tensor.dtype];
    const { offset } = io.range;
    if (offset === undefined) {
      readRow(out, prefix, io);
      continue;
    }
    out.comment(`${describe(io.tensor)}${meaning(io.tensor)}`, ...feeding(io, upper));
    out.function(`static inline ${type} *${prefix}_${io.name}(void)`, () => {
      out.line(`return ${arenaPointer(prefix, type, offset)};`);
    });
    out.line();
  }
  if (facts.state.length > 0) {
    const bytes = facts.state.reduce((n, s) => n + s.bytes, 0);
    out.comment(
      `Forgets all earlier inferences: sets the ${grouped(bytes)} bytes of state, which lie in the arena, to what they start from. ` +
        'Call it before the first inference, and whenever a new stream of inputs begins.',
    );
    out.line(`void ${prefix}_reset(void);`).line();
  }
  out.comment('One inference.');
  out.line(`void ${prefix}_invoke(void);`).line();
  out.comment('The same, layer by layer, to time or to look into: run them in order.');
  out.line(`extern void (*const ${prefix}_layers[])(void);`).line();
  out.line('#ifdef __cplusplus').line('}').line('#endif').line();
  out.line('#endif');
  return out.toString();
}

/** What the program has to define for an input that is never whole in memory. */
function readRow(out: Printer, prefix: string, io: NamedIo): void {
  const { count, bytes, read } = (io.range as SourceInput).byRows!;
  const macro = `${prefix.toUpperCase()}_${io.name.toUpperCase()}`;
  out.line(`#define ${macro}_ROWS ${count}`);
  out.line(`#define ${macro}_ROW_BYTES ${bytes}`);
  out.comment(
    `${describe(io.tensor)}${meaning(io.tensor)}`,
    ...feeding(io, prefix.toUpperCase()),
    `Yours to define: puts row \`row\` of the image, ${bytes} bytes, at \`to\`. Each inference asks for the rows ` +
      `0 .. ${count - 1} in this order, once each, when it comes to them; the image as a whole is never in memory.`,
  );
  out.line(`void ${read}(uint32_t row, ${ctypeOf[io.tensor.dtype]} *to);`).line();
}

function counted(n: number, noun: string): string {
  return `${n} ${noun}${n === 1 ? '' : 's'}`;
}

function number(value: number): string {
  return value < 0 ? `(${floatLiteral(value)})` : floatLiteral(value);
}

function parenthesized(n: number): string {
  return n < 0 ? `(${n})` : `${n}`;
}

interface NamedIo {
  /** `input`, or `input_1` when there are several. */
  readonly name: string;
  readonly access: '' | 'const ';
  readonly range: SourceInput | SourceOutput;
  readonly tensor: Tensor;
  /** Of an input, where the model records it. */
  readonly normalization?: Normalization;
}

function tensorsOf(graph: Graph, facts: HeaderFacts): NamedIo[] {
  const named = (word: string, access: NamedIo['access'], ranges: readonly (SourceInput | SourceOutput)[]) =>
    ranges.map((range, i) => ({
      name: numbered(word, i, ranges.length),
      access,
      range,
      tensor: graph.tensors[range.index]!,
      normalization: (access === '' ? graph.normalization?.[i] : undefined) ?? undefined,
    }));
  return [...named('input', '', facts.inputs), ...named('output', 'const ', facts.outputs)];
}

/** How what a sensor gives becomes the input: the normalization of the training data, then the quantization. */
function feeding({ name, tensor, normalization }: NamedIo, upper: string): string[] {
  if (!normalization) return [];
  const macro = `${upper}_${name.toUpperCase()}`;
  const each = normalization.mean.length > 1 ? '[c]' : '';
  const real = `(raw - ${macro}_MEAN${each}) / ${macro}_STD${each}`;
  const of = each ? ', c the index of the last axis' : '';
  const quantized = tensor.quantization?.scale.length === 1 && tensor.dtype !== 'float32';
  if (!quantized) return [`Trained on ${real}${of}.`];
  return [`Trained on ${real}${of}:`, `q = round(${real} / ${macro}_SCALE) + ${macro}_ZERO_POINT, clamped.`];
}

/** What the largest output stands for. */
function classesComment(out: Printer, { classes }: Graph): void {
  if (!classes || classes.length === 0) return;
  out.comment(`Classes: ${classes.map((name, i) => `${i} ${name}`).join(', ')}.`).line();
}

/** What comes before an inference. */
function usage({ prefix, inputs, state }: HeaderFacts): string {
  const byRows = inputs.flatMap((io) => (io.byRows ? [`${io.byRows.read}()`] : []));
  const written = inputs.flatMap((io, i) =>
    io.byRows ? [] : [`${prefix}_${numbered('input', i, inputs.length)}()`],
  );
  const once = [
    ...(byRows.length > 0 ? [`Define ${byRows.join(' and ')}. `] : []),
    ...(state.length > 0 ? [`Call ${prefix}_reset() once. `] : []),
  ].join('');
  if (once === '') return `Write ${written.join(' and ')}`;
  return `${once}Then, for each inference${written.length > 0 ? `, write ${written.join(' and ')}` : ''}`;
}

function outputNames({ prefix, outputs }: HeaderFacts): string[] {
  return outputs.map((_, i) => `${prefix}_${numbered('output', i, outputs.length)}()`);
}

function meaning({ quantization }: Tensor): string {
  if (quantization?.scale.length !== 1) return '';
  const zero = quantization.zeroPoint[0] ?? 0;
  return `, real value = ${floatLiteral(quantization.scale[0]!)} * (q ${zero < 0 ? '+' : '-'} ${Math.abs(zero)})`;
}

function ioMacros(out: Printer, upper: string, { name, range, tensor, normalization }: NamedIo): void {
  const macro = `${upper}_${name.toUpperCase()}`;
  out.comment(`"${range.name}", ${describe(tensor)}`);
  if (/\d$/.test(name)) out.line(`#define ${macro}_BYTES ${range.bytes}`);
  if (tensor.shape.length > 0) out.line(`#define ${macro}_SHAPE {${tensor.shape.join(', ')}}`);
  if (tensor.quantization?.scale.length === 1) {
    out.line(`#define ${macro}_SCALE ${floatLiteral(tensor.quantization.scale[0]!)}`);
    out.line(`#define ${macro}_ZERO_POINT ${parenthesized(tensor.quantization.zeroPoint[0] ?? 0)}`);
  }
  if (normalization) {
    const list = (values: readonly number[]) =>
      values.length === 1 ? number(values[0]!) : `{${values.map(number).join(', ')}}`;
    out.line(`#define ${macro}_MEAN ${list(normalization.mean)}`);
    out.line(`#define ${macro}_STD ${list(normalization.std)}`);
  }
  out.line();
}
