/** What SPACE_TO_DEPTH and DEPTH_TO_SPACE share: blocks of pixels and the channels that stand for them. */
import type { Shape } from '../graph/graph.js';
import { stridesOf } from './movement.js';

/** A loop with its strides over the tensor of few pixels and over the one of few channels. */
interface BlockLoop {
  readonly count: number;
  readonly deep: number;
  readonly wide: number;
}

/**
 * Outermost first, in the order in which the deep tensor lies: its channels are [block row, block column, depth].
 *
 * @param deep shape of the tensor of few pixels
 */
export function blockLoops(deep: Shape, block: number): BlockLoop[] {
  const [batch, height, width, channels] = deep as [number, number, number, number];
  const depth = channels / block / block;
  const [image, row, pixel] = stridesOf([batch, height, width, channels]) as [number, number, number];
  const wideRow = width * block * depth;
  return [
    { count: batch, deep: image, wide: image },
    { count: height, deep: row, wide: wideRow * block },
    { count: width, deep: pixel, wide: depth * block },
    { count: block, deep: block * depth, wide: wideRow },
    { count: block, deep: depth, wide: depth },
    { count: depth, deep: 1, wide: 1 },
  ];
}
