/**
 * The arithmetic of CONV_2D, one function for each dtype so that V8 keeps every array access monomorphic. Taps in
 * the padding are skipped; without dilation and groups a row of taps is one contiguous run of input and weights.
 */
import type { TensorData } from '../graph/graph.js';
import { multiplyByQuantizedMultiplier, multiplyByQuantizedMultiplier64 } from '../numerics/fixed_point.js';
import { activationFunctionWithMinMax, clamp } from '../numerics/rounding.js';
import type { Conv2dParameters } from './conv_2d.js';
import { exactBias } from './convolution.js';
import type { Step } from './op.js';
import { tapsInside } from './sliding_window.js';

export function conv2dStep(p: Conv2dParameters, input: TensorData, output: TensorData): Step {
  switch (p.dtype) {
    case 'int8':
      return int8Step(p, input as Int8Array, output as Int8Array);
    case 'int16':
      return int16Step(p, input as Int16Array, output as Int16Array);
    case 'float32':
      return float32Step(p, input as Float32Array, output as Float32Array);
  }
}

/** Loop bounds shared by the dtypes. A run is a stretch of taps whose inputs and weights are both contiguous. */
function geometry(p: Conv2dParameters) {
  const rows = tapsInside(
    p.output.height,
    p.input.height,
    p.filter.height,
    p.stride.height,
    p.dilation.height,
    p.padding.top,
  );
  const columns = tapsInside(
    p.output.width,
    p.input.width,
    p.filter.width,
    p.stride.width,
    p.dilation.width,
    p.padding.left,
  );
  const wholeRows = p.dilation.width === 1 && p.groups === 1;
  return {
    rows,
    columns,
    /** Taps in a run: all columns at once, or one by one. */
    wholeRows,
    inputRow: p.dilation.height * p.input.width * p.input.channels,
    inputColumn: p.dilation.width * p.input.channels,
    weightsRow: p.filter.width * p.filter.channels,
    weightsChannel: p.filter.height * p.filter.width * p.filter.channels,
    channelsPerGroup: p.output.channels / p.groups,
  };
}

function int8Step(p: Conv2dParameters, input: Int8Array, output: Int8Array): Step {
  const { rows, columns, wholeRows, inputRow, inputColumn, weightsRow, weightsChannel, channelsPerGroup } =
    geometry(p);
  const { batch, inputOffset, outputOffset, multiplier, shift } = p;
  const { min, max } = p.activation;
  const { height, width, channels } = p.input;
  const { height: outHeight, width: outWidth, channels: outChannels } = p.output;
  const depth = p.filter.channels;
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
          const taps = columns.end[x]! - beginX;
          const runs = wholeRows ? 1 : taps;
          const run = wholeRows ? taps * depth : depth;
          const origin =
            ((b * height + rows.origin[y]!) * width + columns.origin[x]!) * channels +
            beginY * inputRow +
            beginX * inputColumn;
          for (let o = 0; o < outChannels; o++) {
            let acc = bias[o]!;
            let inRow = wholeRows ? origin : origin + ((o / channelsPerGroup) | 0) * depth;
            let weightRow = o * weightsChannel + beginY * weightsRow + beginX * depth;
            for (let ky = beginY; ky < endY; ky++) {
              let i = inRow;
              let w = weightRow;
              for (let r = 0; r < runs; r++) {
                for (let n = 0; n < run; n++) {
                  acc = (acc + Math.imul(weights[w + n]!, input[i + n]! + inputOffset)) | 0;
                }
                i += inputColumn;
                w += depth;
              }
              inRow += inputRow;
              weightRow += weightsRow;
            }
            const q = multiplyByQuantizedMultiplier(acc, multiplier[o]!, shift[o]!) + outputOffset;
            output[out++] = clamp(q, min, max);
          }
        }
      }
    }
  };
}

/** Accumulates in doubles, which hold every 64-bit sum here exactly; the 32-bit accumulator is that, wrapped. */
function int16Step(p: Conv2dParameters, input: Int16Array, output: Int16Array): Step {
  const { rows, columns, wholeRows, inputRow, inputColumn, weightsRow, weightsChannel, channelsPerGroup } =
    geometry(p);
  const { batch, multiplier, shift } = p;
  const wide = p.accumulator === 'int64';
  const { min, max } = p.activation;
  const { height, width, channels } = p.input;
  const { height: outHeight, width: outWidth, channels: outChannels } = p.output;
  const depth = p.filter.channels;
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
          const taps = columns.end[x]! - beginX;
          const runs = wholeRows ? 1 : taps;
          const run = wholeRows ? taps * depth : depth;
          const origin =
            ((b * height + rows.origin[y]!) * width + columns.origin[x]!) * channels +
            beginY * inputRow +
            beginX * inputColumn;
          for (let o = 0; o < outChannels; o++) {
            let acc = bias[o]!;
            let inRow = wholeRows ? origin : origin + ((o / channelsPerGroup) | 0) * depth;
            let weightRow = o * weightsChannel + beginY * weightsRow + beginX * depth;
            for (let ky = beginY; ky < endY; ky++) {
              let i = inRow;
              let w = weightRow;
              for (let r = 0; r < runs; r++) {
                for (let n = 0; n < run; n++) {
                  acc = acc + weights[w + n]! * input[i + n]!;
                }
                i += inputColumn;
                w += depth;
              }
              inRow += inputRow;
              weightRow += weightsRow;
            }
            const q = wide
              ? multiplyByQuantizedMultiplier64(acc, multiplier[o]!, shift[o]!)
              : multiplyByQuantizedMultiplier(acc | 0, multiplier[o]!, shift[o]!);
            output[out++] = clamp(q, min, max);
          }
        }
      }
    }
  };
}

/** Every operation rounds to float32; rows, columns, channels in this order, bias last. */
function float32Step(p: Conv2dParameters, input: Float32Array, output: Float32Array): Step {
  const { rows, columns, wholeRows, inputRow, inputColumn, weightsRow, weightsChannel, channelsPerGroup } =
    geometry(p);
  const { batch } = p;
  const { min, max } = p.activation;
  const { height, width, channels } = p.input;
  const { height: outHeight, width: outWidth, channels: outChannels } = p.output;
  const depth = p.filter.channels;
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
          const taps = columns.end[x]! - beginX;
          const runs = wholeRows ? 1 : taps;
          const run = wholeRows ? taps * depth : depth;
          const origin =
            ((b * height + rows.origin[y]!) * width + columns.origin[x]!) * channels +
            beginY * inputRow +
            beginX * inputColumn;
          for (let o = 0; o < outChannels; o++) {
            let acc = 0;
            let inRow = wholeRows ? origin : origin + ((o / channelsPerGroup) | 0) * depth;
            let weightRow = o * weightsChannel + beginY * weightsRow + beginX * depth;
            for (let ky = beginY; ky < endY; ky++) {
              let i = inRow;
              let w = weightRow;
              for (let r = 0; r < runs; r++) {
                for (let n = 0; n < run; n++) {
                  acc = Math.fround(acc + Math.fround(weights[w + n]! * input[i + n]!));
                }
                i += inputColumn;
                w += depth;
              }
              inRow += inputRow;
              weightRow += weightsRow;
            }
            output[out++] = activationFunctionWithMinMax(Math.fround(acc + bias[o]!), min, max);
          }
        }
      }
    }
  };
}
