/** Broadcasting of two operands as nested loops (TFLite: reference/broadcast_loop.h). Any rank. */
import type { Shape, Tensor } from '../graph/graph.js';
import { exportAgain, shapeProblems } from './checks.js';
import type { OpProblem } from './op.js';

/** One loop: its length, and how many elements each operand moves per iteration (0: it is repeated). */
export interface BroadcastLoop {
  readonly count: number;
  readonly a: number;
  readonly b: number;
}

/** The common shape, or undefined where a dimension differs and neither is 1. */
export function broadcastShape(a: Shape, b: Shape): Shape | undefined {
  const rank = Math.max(a.length, b.length);
  const shape: number[] = [];
  for (let i = 0; i < rank; i++) {
    const [da, db] = [dimension(a, rank, i), dimension(b, rank, i)];
    if (da !== db && da !== 1 && db !== 1) return undefined;
    shape.push(da === 1 ? db : da);
  }
  return shape;
}

export function broadcastProblems(a: Tensor, b: Tensor, output: Tensor): OpProblem[] {
  const shape = broadcastShape(a.shape, b.shape);
  if (shape) return shapeProblems(shape, output);
  const message = `cannot broadcast [${a.shape}] with [${b.shape}]`;
  return [{ code: 'op-shape', message, hint: exportAgain }];
}

/** The dimension as if leading ones were there. */
function dimension(shape: Shape, rank: number, i: number): number {
  return shape[i - rank + shape.length] ?? 1;
}

/** Innermost first; adjacent dimensions that both operands walk alike are one loop. Never empty. */
export function broadcastLoops(a: Shape, b: Shape): readonly BroadcastLoop[] {
  const rank = Math.max(a.length, b.length);
  const loops: BroadcastLoop[] = [];
  let [strideA, strideB] = [1, 1];
  for (let i = rank - 1; i >= 0; i--) {
    const [da, db] = [dimension(a, rank, i), dimension(b, rank, i)];
    const loop = { count: Math.max(da, db), a: da === 1 ? 0 : strideA, b: db === 1 ? 0 : strideB };
    strideA *= da;
    strideB *= db;
    if (loop.count === 1) continue;
    const inner = loops.at(-1);
    if (inner && loop.a === inner.a * inner.count && loop.b === inner.b * inner.count) {
      loops[loops.length - 1] = { ...inner, count: inner.count * loop.count };
    } else loops.push(loop);
  }
  return loops.length > 0 ? loops : [{ count: 1, a: 1, b: 1 }];
}

/** The loops as runs of the innermost one: where each run begins in the operands; in the output they are adjacent. */
export interface BroadcastRuns {
  readonly run: BroadcastLoop;
  readonly a: Int32Array;
  readonly b: Int32Array;
}

export function broadcastRuns(loops: readonly BroadcastLoop[]): BroadcastRuns {
  const [run, ...outer] = loops;
  const runs = outer.reduce((n, loop) => n * loop.count, 1);
  const [a, b] = [new Int32Array(runs), new Int32Array(runs)];
  for (let r = 0; r < runs; r++) {
    let rest = r;
    for (const loop of outer) {
      const i = rest % loop.count;
      rest = (rest - i) / loop.count;
      a[r]! += i * loop.a;
      b[r]! += i * loop.b;
    }
  }
  return { run: run!, a, b };
}
