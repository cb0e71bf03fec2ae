/** Values as images: NHWC tensors for the ops that slide a window. */
import { activation, input, type NodeContext } from '../node_context.js';
import { type Activation, channelsLast, storedShape, Unsupported } from '../value.js';

export interface Image {
  readonly value: Activation;
  /** In NHWC. */
  readonly tensor: number;
  readonly shape: readonly number[];
}

/** The first input. @throws Unsupported unless it is [N, C, L] or [N, C, H, W] */
export function imageInput(context: NodeContext): Image {
  const value = input(context);
  const order = channelsLast(value.dims.length);
  if (!order) {
    throw new Unsupported(`has an input of shape [${value.dims}]; [N, C, L] and [N, C, H, W] are supported`);
  }
  return { value, tensor: context.graph.inOrder(value, order), shape: storedShape(value.dims, order) };
}

/** The value behind an NHWC tensor. @param rank 3 for signals, which are images of one row */
export function imageValue(tensor: number, [n, h, w, c]: readonly number[], rank: number): Activation {
  return activation(tensor, rank === 3 ? [n!, c!, w!] : [n!, c!, h!, w!], channelsLast(rank)!);
}
