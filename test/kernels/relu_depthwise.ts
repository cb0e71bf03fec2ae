/** Random int8 DEPTHWISE_CONV_2D graphs of 3 x 3 windows whose outputs begin at their zero point, as behind a ReLU. */
import fc from 'fast-check';
import type { Graph } from '../../src/graph/graph.js';
import { depthwiseConv2dGraph } from '../property/arbitraries/depthwise_conv_2d.js';
import { beforeRelu } from './before_relu.js';
import { wideDepthwiseGraph } from './wide_depthwise.js';

function isThreeByThree({ ops: [op], tensors }: Graph): boolean {
  const [input, weights] = op!.inputs.map((i) => tensors[i]!);
  const { dilation, stride, depthMultiplier } = op!.attributes as {
    dilation: { height: number; width: number };
    stride: { width: number };
    depthMultiplier: number;
  };
  return (
    input!.dtype === 'int8' &&
    weights!.dtype === 'int8' &&
    weights!.shape[1] === 3 &&
    weights!.shape[2] === 3 &&
    dilation.height === 1 &&
    dilation.width === 1 &&
    stride.width <= 2 &&
    depthMultiplier === 1
  );
}

export const reluDepthwiseGraph: fc.Arbitrary<Graph> = fc
  .tuple(
    fc.oneof(depthwiseConv2dGraph.filter(isThreeByThree), wideDepthwiseGraph.filter(isThreeByThree)),
    fc.integer({ min: 1, max: 4 }),
  )
  .map(([graph, divisor]) => {
    const tensors = graph.tensors.map((tensor, i) => {
      // Of some channels smaller ones, so that rows of the window fit into a group.
      if (i !== graph.ops[0]!.inputs[1]) return tensor;
      const channels = tensor.shape[3]!;
      const smaller = (w: number, k: number) => ((k % channels) % 2 ? w : Math.trunc(w / divisor));
      return { ...tensor, data: (tensor.data as Int8Array).map(smaller) };
    });
    return beforeRelu({ ...graph, tensors });
  });
