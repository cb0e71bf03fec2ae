/** The C of a chain: a function for each of its layers, over bands of rows, and the table by which they are called. */
import { isConstant } from '../../src/graph/access.js';
import type { AnyOp, Graph, Op } from '../../src/graph/graph.js';
import { macsOf } from '../../src/ops/registry.js';
import type { Addresses, Layer } from '../layer.js';
import { ctypeOf } from '../literals.js';
import { layerComment } from '../model_source.js';
import type { Printer } from '../printer.js';
import type { Chain } from './chain.js';
import type { Layout } from './layout.js';
import { advance, readAtOnce } from './schedule.js';

/** A layer as it is called: over some rows of its tensors. */
export interface RowPart {
  readonly op: AnyOp;
  readonly graph: Graph;
  readonly layer: Layer;
}

export interface EmittedChain {
  readonly op: Op<'ROW_CHAIN'>;
  readonly graph: Graph;
  readonly chain: Chain;
  readonly parts: readonly RowPart[];
  readonly layout: Layout;
}

const partSymbol = (at: Addresses, { op }: RowPart, i: number) =>
  `${at.symbol}_${i}_${op.type.toLowerCase()}`;

export function emitParts(printer: Printer, at: Addresses, emitted: EmittedChain): void {
  const { chain, op, parts } = emitted;
  parts.forEach((part, i) => {
    printer.line().comment(...layerComment(part.graph, part.op, part.layer, macsOf(part.op, part.graph)));
    printer.function(`static void ${partSymbol(at, part, i)}(const void **from, void *to)`, () =>
      part.layer.emit(printer, addressesInBands(at, part, emitted)),
    );
  });
  const [{ tensor, rowBytes }] = chain.bands as [Chain['bands'][0]];
  printer.line().comment('The next row of the input.');
  printer.function(`static void ${at.symbol}_read(int32_t row, void *to)`, () => {
    const { dtype } = emitted.graph.tensors[tensor]!;
    if (op.attributes.byRows) printer.call(at.readRow(0), ['(uint32_t)row', `(${ctypeOf[dtype]} *)to`]);
    else printer.call('memcpy', ['to', `(const uint8_t *)${at.input(0)} + row * ${rowBytes}`, `${rowBytes}`]);
  });
}

/** Inputs that are no constants come as `from`, in their order, the output as `to`. */
function addressesInBands(at: Addresses, { op, graph }: RowPart, emitted: EmittedChain): Addresses {
  const { layout } = emitted;
  const chain = emitted.op;
  const values = op.inputs.map((t) => t >= 0 && !isConstant(graph.tensors[t]!));
  return {
    ...at,
    input(i) {
      const tensor = op.inputs[i]!;
      if (!values[i]) return at.input(chain.inputs.indexOf(tensor));
      const place = values.slice(0, i).filter((value) => value).length;
      return `(const ${ctypeOf[graph.tensors[tensor]!.dtype]} *)from[${place}]`;
    },
    output: (i) => `(${ctypeOf[graph.tensors[op.outputs[i]!]!.dtype]} *)to`,
    scratch: (ctype, offset = 0) => at.scratch(ctype, layout.scratchOffset + offset),
  };
}

export function emitChain(printer: Printer, at: Addresses, { chain, parts, layout }: EmittedChain): void {
  const { bands, layers } = chain;
  const { steps } = layout.schedule;
  const rows = bands.map(({ height, rowBytes, top, padding }, b) => {
    const output = b === layers.length;
    const address = output ? `(uint8_t *)${at.output(0)}` : at.scratch('uint8_t', layout.offsets[b]!);
    return `{${[address, rowBytes, height, top, padding].join(', ')}}`;
  });
  printer.comment(
    'Where its rows lie, bytes of one, rows of the tensor, rows of padding above it, and what padding holds.',
  );
  printer.list(`static const struct ${at.kernel('crimp_band')} bands[]`, rows);
  printer.comment(
    'How many inputs, which bands they are, rows at once, stride, padding above, rows read, rows to wait for.',
  );
  printer.list(
    `static const struct ${at.kernel('crimp_row_layer')} layers[]`,
    layers.map(({ inputs, window }, i) => {
      const step = steps[i]!;
      const numbers = [step, window.stride, window.top, readAtOnce(window, step), advance(window, step)];
      const symbol = partSymbol(at, parts[i]!, i);
      return `{${[symbol, inputs.length, `{${inputs.join(', ')}}`, ...numbers].join(', ')}}`;
    }),
  );
  printer.line(`struct ${at.kernel('crimp_band_state')} state[${bands.length}];`);
  printer.line(
    `const struct ${at.kernel('crimp_row_chain')} chain = {bands, state, layers, ${layers.length}, ${at.symbol}_read};`,
  );
  printer.line().call(at.kernel('crimp_row_chain_run'), ['&chain']);
}
