/**
 * The arithmetic of DEPTHWISE_CONV_2D, one function for each dtype so that V8 keeps every array access monomorphic.
 * Taps in the padding are skipped.
 */
import type { TensorData } from '../graph/graph.js';
import { multiplyByQuantizedMultiplier, multiplyByQuantizedMultiplier64 } from '../numerics/fixed_point.js';
import { activationFunctionWithMinMax, clamp } from '../numerics/rounding.js';
import { exactBias } from './convolution.js';
import type { DepthwiseConv2dParameters } from './depthwise_conv_2d.js';
import type { Step } from './op.js';
import { tapsInside } from './sliding_window.js';

export function depthwiseConv2dStep(
  p: DepthwiseConv2dParameters,
  input: TensorData,
  output: TensorData,
): Step {
  switch (p.dtype) {
    case 'int8':
      return int8Step(p, input as Int8Array, output as Int8Array);
    case 'int16':
      return int16Step(p, input as Int16Array, output as Int16Array);
    case 'float32':
      return float32Step(p, input as Float32Array, output as Float32Array);
  }
}

function geometry(p: DepthwiseConv2dParameters) {
  return {
    ...tapsInside(p),
    inputRow: p.dilation.height * p.input.width * p.input.channels,
    inputColumn: p.dilation.width * p.input.channels,
    weightsRow: p.filter.width * p.output.channels,
  };
}

function int8Step(p: DepthwiseConv2dParameters, input: Int8Array, output: Int8Array): Step {
  const { rows, columns, inputRow, inputColumn, weightsRow } = geometry(p);
  const { batch, depthMultiplier, inputOffset, outputOffset, multiplier, shift } = p;
  const { min, max } = p.activation;
  const { height, width, channels } = p.input;
  const { height: outHeight, width: outWidth, channels: outChannels } = p.output;
  const weights = p.weights as Int8Array;
  const bias = (p.bias as Int32Array | undefined) ?? new Int32Array(outChannels);
  return () => {
    let out = 0;
    for (let b = 0; b < batch; b++) {
      for (let y = 0; y < outHeight; y++) {
        const beginY = rows.begin[y]!;
        const endY = rows.end[y]!;
        for (let x = 0; x < outWidth; x++) {
          const beginX = columns.begin[x]!;
          const endX = columns.end[x]!;
          const origin =
            ((b * height + rows.origin[y]!) * width + columns.origin[x]!) * channels +
            beginY * inputRow +
            beginX * inputColumn;
          for (let c = 0, o = 0; c < channels; c++) {
            for (let m = 0; m < depthMultiplier; m++, o++) {
              let acc = bias[o]!;
              let inRow = origin + c;
              let weightRow = beginY * weightsRow + beginX * outChannels + o;
              for (let ky = beginY; ky < endY; ky++) {
                let i = inRow;
                let w = weightRow;
                for (let kx = beginX; kx < endX; kx++) {
                  acc = (acc + Math.imul(weights[w]!, input[i]! + inputOffset)) | 0;
                  i += inputColumn;
                  w += outChannels;
                }
                inRow += inputRow;
                weightRow += weightsRow;
              }
              const q = (multiplyByQuantizedMultiplier(acc, multiplier[o]!, shift[o]!) + outputOffset) | 0;
              output[out++] = clamp(q, min, max);
            }
          }
        }
      }
    }
  };
}

/** Accumulates in doubles, which hold every 64-bit sum here exactly. */
function int16Step(p: DepthwiseConv2dParameters, input: Int16Array, output: Int16Array): Step {
  const { rows, columns, inputRow, inputColumn, weightsRow } = geometry(p);
  const { batch, depthMultiplier, multiplier, shift } = p;
  const { min, max } = p.activation;
  const { height, width, channels } = p.input;
  const { height: outHeight, width: outWidth, channels: outChannels } = p.output;
  const weights = p.weights as Int8Array;
  const bias = exactBias(p.bias, outChannels);
  return () => {
    let out = 0;
    for (let b = 0; b < batch; b++) {
      for (let y = 0; y < outHeight; y++) {
        const beginY = rows.begin[y]!;
        const endY = rows.end[y]!;
        for (let x = 0; x < outWidth; x++) {
          const beginX = columns.begin[x]!;
          const endX = columns.end[x]!;
          const origin =
            ((b * height + rows.origin[y]!) * width + columns.origin[x]!) * channels +
            beginY * inputRow +
            beginX * inputColumn;
          for (let c = 0, o = 0; c < channels; c++) {
            for (let m = 0; m < depthMultiplier; m++, o++) {
              let acc = bias[o]!;
              let inRow = origin + c;
              let weightRow = beginY * weightsRow + beginX * outChannels + o;
              for (let ky = beginY; ky < endY; ky++) {
                let i = inRow;
                let w = weightRow;
                for (let kx = beginX; kx < endX; kx++) {
                  acc = acc + weights[w]! * input[i]!;
                  i += inputColumn;
                  w += outChannels;
                }
                inRow += inputRow;
                weightRow += weightsRow;
              }
              const q = multiplyByQuantizedMultiplier64(acc, multiplier[o]!, shift[o]!);
              output[out++] = clamp(q, min, max);
            }
          }
        }
      }
    }
  };
}

/** Every operation rounds to float32; rows, then columns, bias last. */
function float32Step(p: DepthwiseConv2dParameters, input: Float32Array, output: Float32Array): Step {
  const { rows, columns, inputRow, inputColumn, weightsRow } = geometry(p);
  const { batch, depthMultiplier } = p;
  const { min, max } = p.activation;
  const { height, width, channels } = p.input;
  const { height: outHeight, width: outWidth, channels: outChannels } = p.output;
  const weights = p.weights as Float32Array;
  const bias = (p.bias as Float32Array | undefined) ?? new Float32Array(outChannels);
  return () => {
    let out = 0;
    for (let b = 0; b < batch; b++) {
      for (let y = 0; y < outHeight; y++) {
        const beginY = rows.begin[y]!;
        const endY = rows.end[y]!;
        for (let x = 0; x < outWidth; x++) {
          const beginX = columns.begin[x]!;
          const endX = columns.end[x]!;
          const origin =
            ((b * height + rows.origin[y]!) * width + columns.origin[x]!) * channels +
            beginY * inputRow +
            beginX * inputColumn;
          for (let c = 0, o = 0; c < channels; c++) {
            for (let m = 0; m < depthMultiplier; m++, o++) {
              let acc = 0;
              let inRow = origin + c;
              let weightRow = beginY * weightsRow + beginX * outChannels + o;
              for (let ky = beginY; ky < endY; ky++) {
                let i = inRow;
                let w = weightRow;
                for (let kx = beginX; kx < endX; kx++) {
                  acc = Math.fround(acc + Math.fround(weights[w]! * input[i]!));
                  i += inputColumn;
                  w += outChannels;
                }
                inRow += inputRow;
                weightRow += weightsRow;
              }
              output[out++] = activationFunctionWithMinMax(Math.fround(acc + bias[o]!), min, max);
            }
          }
        }
      }
    }
  };
}
