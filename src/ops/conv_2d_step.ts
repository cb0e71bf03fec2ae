/**
 * The arithmetic of CONV_2D, one function for each dtype so that V8 keeps every array access monomorphic.
 *
 * The integer ones gather the window of a pixel into a patch, with the input offset added and 0 in the padding,
 * which adds nothing just as TFLM's skipped taps do; each output channel is then one dot product.
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

/** Gathers windows as [group][row][column][filter channel], the order of one output channel's weights. */
function patchGatherer(p: Conv2dParameters, input: Int8Array | Int16Array) {
  const patch = new Int32Array(p.groups * p.filter.height * p.filter.width * p.filter.channels);
  const { groups, inputOffset, stride, dilation, padding } = p;
  const { height, width, channels } = p.input;
  const { height: filterHeight, width: filterWidth, channels: depth } = p.filter;
  const gather = (batch: number, y: number, x: number) => {
    const top = y * stride.height - padding.top;
    const left = x * stride.width - padding.left;
    let n = 0;
    for (let g = 0; g < groups; g++) {
      for (let ky = 0; ky < filterHeight; ky++) {
        const row = top + ky * dilation.height;
        for (let kx = 0; kx < filterWidth; kx++) {
          const column = left + kx * dilation.width;
          if (row < 0 || row >= height || column < 0 || column >= width) {
            for (let c = 0; c < depth; c++) patch[n++] = 0;
          } else {
            const i = ((batch * height + row) * width + column) * channels + g * depth;
            for (let c = 0; c < depth; c++) patch[n++] = input[i + c]! + inputOffset;
          }
        }
      }
    }
  };
  return { patch, gather };
}

/** Four output channels at a time share the loads of the patch. */
function int8Step(p: Conv2dParameters, input: Int8Array, output: Int8Array): Step {
  const { patch, gather } = patchGatherer(p, input);
  const { batch, groups, outputOffset, multiplier, shift } = p;
  const { min, max } = p.activation;
  const { height, width, channels } = p.output;
  const size = p.filter.height * p.filter.width * p.filter.channels;
  const perGroup = channels / groups;
  const weights = p.weights as Int8Array;
  const bias = (p.bias as Int32Array | undefined) ?? new Int32Array(channels);
  const requantize = (acc: number, channel: number) =>
    clamp(
      (multiplyByQuantizedMultiplier(acc, multiplier[channel]!, shift[channel]!) + outputOffset) | 0,
      min,
      max,
    );
  return () => {
    let out = 0;
    for (let pixel = 0; pixel < batch * height * width; pixel++) {
      const row = (pixel / width) | 0;
      gather((row / height) | 0, row % height, pixel % width);
      let channel = 0;
      for (let g = 0; g < groups; g++) {
        const begin = g * size;
        const end = begin + size;
        const groupEnd = (g + 1) * perGroup;
        for (; channel + 3 < groupEnd; channel += 4) {
          let w = channel * size;
          let acc0 = bias[channel]!;
          let acc1 = bias[channel + 1]!;
          let acc2 = bias[channel + 2]!;
          let acc3 = bias[channel + 3]!;
          for (let n = begin; n < end; n++, w++) {
            const value = patch[n]!;
            acc0 = (acc0 + Math.imul(weights[w]!, value)) | 0;
            acc1 = (acc1 + Math.imul(weights[w + size]!, value)) | 0;
            acc2 = (acc2 + Math.imul(weights[w + 2 * size]!, value)) | 0;
            acc3 = (acc3 + Math.imul(weights[w + 3 * size]!, value)) | 0;
          }
          output[out++] = requantize(acc0, channel);
          output[out++] = requantize(acc1, channel + 1);
          output[out++] = requantize(acc2, channel + 2);
          output[out++] = requantize(acc3, channel + 3);
        }
        for (; channel < groupEnd; channel++) {
          let w = channel * size;
          let acc = bias[channel]!;
          for (let n = begin; n < end; n++) acc = (acc + Math.imul(weights[w++]!, patch[n]!)) | 0;
          output[out++] = requantize(acc, channel);
        }
      }
    }
  };
}

/** Accumulates in doubles, which hold every 64-bit sum here exactly; the 32-bit accumulator is that, wrapped. */
function int16Step(p: Conv2dParameters, input: Int16Array, output: Int16Array): Step {
  const { patch, gather } = patchGatherer(p, input);
  const { batch, groups, multiplier, shift } = p;
  const wide = p.accumulator === 'int64';
  const { min, max } = p.activation;
  const { height, width, channels } = p.output;
  const size = p.filter.height * p.filter.width * p.filter.channels;
  const perGroup = channels / groups;
  const weights = p.weights as Int8Array;
  const bias = exactBias(p.bias, channels);
  return () => {
    let out = 0;
    for (let pixel = 0; pixel < batch * height * width; pixel++) {
      const row = (pixel / width) | 0;
      gather((row / height) | 0, row % height, pixel % width);
      for (let channel = 0; channel < channels; channel++) {
        const begin = ((channel / perGroup) | 0) * size;
        const end = begin + size;
        let w = channel * size;
        let acc = bias[channel]!;
        for (let n = begin; n < end; n++) acc += weights[w++]! * patch[n]!;
        const q = wide
          ? multiplyByQuantizedMultiplier64(acc, multiplier[channel]!, shift[channel]!)
          : multiplyByQuantizedMultiplier(acc | 0, multiplier[channel]!, shift[channel]!);
        output[out++] = clamp(q, min, max);
      }
    }
  };
}

/** Loop bounds of float32. A run is a stretch of taps whose inputs and weights are both contiguous. */
function geometry(p: Conv2dParameters) {
  const wholeRows = p.dilation.width === 1 && p.groups === 1;
  return {
    ...tapsInside(p),
    /** Taps in a run: all columns at once, or one by one. */
    wholeRows,
    inputRow: p.dilation.height * p.input.width * p.input.channels,
    inputColumn: p.dilation.width * p.input.channels,
    weightsRow: p.filter.width * p.filter.channels,
    weightsChannel: p.filter.height * p.filter.width * p.filter.channels,
    channelsPerGroup: p.output.channels / p.groups,
  };
}

/**
 * Every operation rounds to float32; rows, columns, channels in this order, bias last. Padding is skipped, for 0
 * times an infinite weight is not 0.
 */
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
