/** What SPLIT, SPLIT_V and UNPACK share: parts of one tensor along an axis, each to an output of its own. */
import { elementCount } from '../graph/access.js';
import type { Shape } from '../graph/graph.js';
import type { Move } from './movement.js';

/** @param sizes of the parts along the axis @param input position in op.inputs */
export function splitMoves(shape: Shape, axis: number, sizes: readonly number[], input: number): Move[] {
  const rows = elementCount(shape.slice(0, axis));
  const entry = elementCount(shape.slice(axis + 1));
  let from = 0;
  return sizes.map((size, output) => {
    const part = size * entry;
    const loops = [
      { count: rows, from: shape[axis]! * entry, to: part },
      { count: part, from: 1, to: 1 },
    ];
    const move = { source: { input }, output, from, to: 0, loops };
    from += part;
    return move;
  });
}
