/** Prints the loops of reductions: over what is kept, and within them over what one output is made of. */
import type { ReductionLoop } from '../src/ops/reduction.js';
import type { Printer } from './printer.js';

/** Loops from the outermost on with `body` inside. @param variable begins the names of the loops' variables */
export function printLoops(
  printer: Printer,
  variable: string,
  loops: readonly ReductionLoop[],
  body: () => void,
): void {
  const printFrom = (depth: number): void => {
    if (depth === loops.length) body();
    else printer.loop(`${variable}${depth}`, loops[depth]!.count, () => printFrom(depth + 1));
  };
  printFrom(0);
}

/** `i0 * 12 + i1`, `0` without loops. */
export function loopIndex(variable: string, loops: readonly ReductionLoop[]): string {
  const terms = loops.map(({ stride }, depth) => `${variable}${depth}${stride === 1 ? '' : ` * ${stride}`}`);
  return terms.join(' + ') || '0';
}
