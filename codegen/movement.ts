/** How operators that only move values become C: for each of their moves nested loops around one call of move.c. */
import { elementBytes, elementCount } from '../src/graph/access.js';
import type { DType, Graph, Op, OpType } from '../src/graph/graph.js';
import { type Move, type MovingDefinition, moveStarts } from '../src/ops/movement.js';
import type { Work } from './cost/work.js';
import type { Addresses, Constant, OpEmitter, Overlap } from './layer.js';
import { leadOf } from './lead.js';
import { ctypeOf } from './literals.js';
import type { Printer } from './printer.js';

/** The ending of the kernel for values that do not lie side by side. */
const endingOf: Readonly<Record<DType, string>> = {
  int4: '8',
  int8: '8',
  uint8: '8',
  bool: '8',
  int16: '16',
  int32: '32',
  int64: '64',
  float32: 'f32',
};

export function movementEmitter<T extends OpType>(definition: MovingDefinition<T>): OpEmitter<T> {
  return {
    type: definition.type,
    lower(op, graph, { index, label }) {
      const { dtype, moves } = definition.movement(op, graph);
      const layer = { op: index, scratchBytes: 0, overlaps: [], constants: [], sources: [], emit: () => {} };
      const alias = aliasOf(op, graph, moves);
      if (alias !== undefined) return { ...layer, kernel: 'portable/alias', alias };
      const constants = moves.map((move, i) => constantOf(move, dtype, `${label}_values_${i}`));
      return {
        ...layer,
        kernel: 'portable/move',
        overlaps: overlapsOf(op, moves, dtype),
        constants: constants.filter((c) => c !== undefined),
        work: workOf(moves, dtype),
        sources: ['portable/move.c'],
        emit(printer, at) {
          moves.forEach((move, i) => {
            const name = constants[i]?.name;
            const source = name === undefined ? addressOf(move, at) : at.constant(name);
            printMove(printer, at, { move, dtype, source });
          });
        },
      };
    },
  };
}

/** Neighbors are copied by bytes, or by words where all begin at such. */
function workOf(moves: readonly Move[], dtype: DType): Work {
  const work = { calls: moves.length, runs: 0, bytes: 0, words: 0, apart: 0 };
  const bytes = elementBytes(dtype);
  for (const { loops, from, to } of moves) {
    const run = loops.at(-1)!;
    const runs = loops.slice(0, -1).reduce((n, { count }) => n * count, 1);
    const starts = [from, to, run.count, ...loops.slice(0, -1).flatMap((loop) => [loop.from, loop.to])];
    work.runs += runs;
    if (run.from !== 1 || run.to !== 1) work.apart += runs * run.count;
    else if (starts.every((n) => (n * bytes) % 4 === 0)) work.words += (runs * run.count * bytes) / 4;
    else work.bytes += runs * run.count * bytes;
  }
  return work;
}

/** The input that the only output is a view of. */
function aliasOf<T extends OpType>(op: Op<T>, graph: Graph, moves: readonly Move[]): number | undefined {
  const [move, another] = moves;
  if (!move || another || op.outputs.length !== 1 || !('input' in move.source)) return undefined;
  const [loop, inner] = move.loops as readonly [Move['loops'][number], ...Move['loops']];
  const whole = elementCount(graph.tensors[op.inputs[move.source.input]!]!.shape);
  const plain = !inner && move.from === 0 && loop.from === 1 && loop.to === 1 && loop.count === whole;
  return plain ? move.source.input : undefined;
}

function constantOf({ source }: Move, dtype: DType, name: string): Constant | undefined {
  if (!('constant' in source)) return undefined;
  const data = source.constant;
  const comment = `[${data.length}], as they are moved to the output`;
  return { name, ctype: ctypeOf[dtype], data, comment, align: Math.max(4, elementBytes(dtype)) };
}

/** A single move that writes the output from its first value to its last may follow its own reads. */
function overlapsOf<T extends OpType>(op: Op<T>, moves: readonly Move[], dtype: DType): Overlap[] {
  const [move, another] = moves;
  if (!move || another || op.outputs.length !== 1 || !('input' in move.source)) return [];
  const run = move.loops.at(-1)!;
  const starts = moveStarts(move);
  const inOrder = run.to === 1 && starts.to.every((to, r) => to === r * run.count);
  if (!inOrder) return [];
  const read = (i: number) => starts.from[Math.floor(i / run.count)]! + (i % run.count) * run.from;
  const lead = leadOf(starts.to.length * run.count, elementBytes(dtype), read);
  return [{ input: move.source.input, lead }];
}

function addressOf({ source }: Move, at: Addresses): string {
  return 'input' in source ? at.input(source.input) : at.output((source as { output: number }).output);
}

/** @param target where the output begins, as the move counts */
export function printMove(
  printer: Printer,
  at: Addresses,
  {
    move,
    dtype,
    source,
    target: begin = at.output(move.output),
  }: { move: Move; dtype: DType; source: string; target?: string },
): void {
  const { loops, from, to } = move;
  const run = loops.at(-1)!;
  const outer = loops.slice(0, -1);
  const moved = (address: string, start: number, side: 'from' | 'to') =>
    [
      start === 0 ? address : `${address} + ${start}`,
      ...outer.map((loop, depth) => {
        const stride = loop[side];
        if (stride === 0) return '';
        return `${stride < 0 ? ' -' : ' +'} i${depth}${Math.abs(stride) === 1 ? '' : ` * ${Math.abs(stride)}`}`;
      }),
    ].join('');
  const [target, values] = [moved(begin, to, 'to'), moved(source, from, 'from')];
  const printFrom = (depth: number): void => {
    if (depth < outer.length) {
      printer.loop(`i${depth}`, outer[depth]!.count, () => printFrom(depth + 1));
    } else if (run.from === 1 && run.to === 1) {
      printer.call(at.kernel('crimp_move'), [target, values, `${run.count * elementBytes(dtype)}`]);
    } else {
      const args = [target, `${run.to}`, values, `${run.from}`, `${run.count}`];
      printer.call(at.kernel(`crimp_move_${endingOf[dtype]}`), args);
    }
  };
  printFrom(0);
}
