/** What the emitters of element-wise operators share: kernel name endings, loops over broadcast operands, overlaps. */
import { elementBytes } from '../src/graph/access.js';
import type { BroadcastLoop } from '../src/ops/broadcast.js';
import type { Addresses, Overlap } from './layer.js';
import type { Printer } from './printer.js';

/** The ending of a kernel's name for a dtype, as CMSIS-NN spells it. */
export const endingOf = {
  int8: 's8',
  uint8: 'u8',
  int16: 's16',
  int32: 's32',
  float32: 'f32',
} as const;

type ElementType = keyof typeof endingOf;

/**
 * For a kernel that writes output i right after it has read input i, for all i in order. Types of different sizes
 * overlap only where one is 8 bits wide: a C compiler may take it that others do not share memory.
 */
export function elementWiseOverlaps(input: ElementType, output: ElementType, count: number): Overlap[] {
  const [read, written] = [elementBytes(input), elementBytes(output)];
  if (input !== output && read !== 1 && written !== 1) return [];
  return [{ input: 0, lead: Math.max(0, (count - 1) * (written - read)) }];
}

/** Operands that are walked one by one may be overwritten in place; repeated ones may not. */
export function broadcastOverlaps(loops: readonly BroadcastLoop[]): Overlap[] {
  return [
    ...(loops.every((loop) => loop.a !== 0) ? [{ input: 0, lead: 0 }] : []),
    ...(loops.every((loop) => loop.b !== 0) ? [{ input: 1, lead: 0 }] : []),
  ];
}

/** What the innermost loop works on: addresses of its first values, and its own steps. */
interface BroadcastRun {
  readonly a: string;
  readonly b: string;
  readonly output: string;
  readonly run: BroadcastLoop;
}

/**
 * Prints all loops but the innermost, and has `body` print that.
 *
 * @param loops innermost first
 */
export function printBroadcastLoops(
  printer: Printer,
  at: Addresses,
  loops: readonly BroadcastLoop[],
  body: (run: BroadcastRun) => void,
): void {
  const [run, ...outer] = loops as readonly [BroadcastLoop, ...BroadcastLoop[]];
  const variables = outer.map((_, depth) => `i${outer.length - 1 - depth}`);
  const moved = (address: string, strides: readonly number[]) =>
    strides.reduceRight((sum, stride, depth) => {
      if (stride === 0) return sum;
      return `${sum} + ${variables[depth]}${stride === 1 ? '' : ` * ${stride}`}`;
    }, address);
  let step = run.count;
  const outputStrides = outer.map((loop) => {
    const stride = step;
    step *= loop.count;
    return stride;
  });
  const printFrom = (depth: number): void => {
    if (depth >= 0) {
      printer.loop(variables[depth]!, outer[depth]!.count, () => printFrom(depth - 1));
      return;
    }
    body({
      a: moved(
        at.input(0),
        outer.map((loop) => loop.a),
      ),
      b: moved(
        at.input(1),
        outer.map((loop) => loop.b),
      ),
      output: moved(at.output(0), outputStrides),
      run,
    });
  };
  printFrom(outer.length - 1);
}

/**
 * Prints all loops but the innermost, and within them `KERNEL(a, a_step, b, b_step, output, count, rest…)`.
 *
 * @param loops innermost first
 * @param swapped passes b before a
 */
export function printBroadcast(
  printer: Printer,
  at: Addresses,
  kernel: string,
  loops: readonly BroadcastLoop[],
  rest: readonly string[],
  swapped = false,
): void {
  printBroadcastLoops(printer, at, loops, ({ a, b, output, run }) => {
    const operands = [
      [a, `${run.a}`],
      [b, `${run.b}`],
    ];
    if (swapped) operands.reverse();
    printer.call(at.kernel(kernel), [...operands.flat(), output, `${run.count}`, ...rest]);
  });
}
