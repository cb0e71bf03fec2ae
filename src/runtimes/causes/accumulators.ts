/** The exact sums that a layer with weights requantizes, from the simulator's own loops. */
import { inputTensor, outputTensor, scaleOf } from '../../graph/access.js';
import type { Graph, Op } from '../../graph/graph.js';
import type { Range } from '../../numerics/activation_range.js';
import { conv2dParameters } from '../../ops/conv_2d.js';
import { conv2dStep } from '../../ops/conv_2d_step.js';
import type { ConvolutionParameters } from '../../ops/convolution.js';
import { depthwiseConv2dParameters } from '../../ops/depthwise_conv_2d.js';
import { depthwiseConv2dStep } from '../../ops/depthwise_conv_2d_step.js';
import { asConvolution, fullyConnectedParameters } from '../../ops/fully_connected.js';
import type { Memory } from '../../ops/op.js';

export interface Accumulators {
  /** Bias included, |sum| < 2^30; channels last. */
  readonly sums: Int32Array;
  readonly channels: number;
  readonly inputScale: number;
  /** One, or one for each channel. */
  readonly weightScales: Float32Array;
  readonly outputScale: number;
  readonly outputZeroPoint: number;
  readonly range: Range;
}

/** Undefined for float32 and for operators without weights. */
export function accumulatorsOf(op: Op, graph: Graph, memory: Memory): Accumulators | undefined {
  const output = outputTensor(graph, op);
  if (output.dtype === 'float32') return undefined;
  const computed = sumsOf(op, graph, memory);
  return (
    computed && {
      sums: computed.sums,
      channels: computed.parameters.output.channels,
      inputScale: scaleOf(inputTensor(graph, op, 0)),
      weightScales: inputTensor(graph, op, 1).quantization!.scale,
      outputScale: scaleOf(output),
      outputZeroPoint: computed.parameters.outputOffset,
      range: computed.parameters.activation,
    }
  );
}

function sumsOf(op: Op, graph: Graph, memory: Memory) {
  const input = memory[op.inputs[0]!]!;
  const sums = new Int32Array(memory[op.outputs[0]!]!.length);
  switch (op.type) {
    case 'CONV_2D': {
      const parameters = conv2dParameters(op as Op<'CONV_2D'>, graph);
      conv2dStep(summing(parameters), input, sums)();
      return { sums, parameters };
    }
    case 'DEPTHWISE_CONV_2D': {
      const parameters = depthwiseConv2dParameters(op as Op<'DEPTHWISE_CONV_2D'>, graph);
      depthwiseConv2dStep(summing(parameters), input, sums)();
      return { sums, parameters };
    }
    case 'FULLY_CONNECTED': {
      const parameters = asConvolution(fullyConnectedParameters(op as Op<'FULLY_CONNECTED'>, graph));
      conv2dStep(summing(parameters), input, sums)();
      return { sums, parameters };
    }
    default:
      return undefined;
  }
}

/** The layer with a requantization that changes nothing: 2^30 · 2^(1 − 31) is 1. */
function summing<P extends ConvolutionParameters>(parameters: P): P {
  return {
    ...parameters,
    outputOffset: 0,
    multiplier: parameters.multiplier.map(() => 2 ** 30),
    shift: parameters.shift.map(() => 1),
    activation: { min: -(2 ** 31), max: 2 ** 31 - 1 },
  };
}
