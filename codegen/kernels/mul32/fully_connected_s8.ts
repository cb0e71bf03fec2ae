/** FULLY_CONNECTED for cores with a 32-bit multiplier and no SIMD: fully_connected_s8.c. */
import type { FullyConnectedParameters } from '../../../src/ops/fully_connected.js';
import type { Work } from '../../cost/work.js';
import type { Kernel } from '../../kernel.js';
import { leadOfStretches, type Stretch } from '../../lead.js';
import { printLayer, scaleConstants } from './layer.js';
import { type Filter, foldedBias, isInt8, sumsFit } from './proof.js';
import { type Rescale, rescaleConstants, rescaleFields, rescaleOf } from './rescale.js';
import { settled } from './settled.js';

/** crimp_mul32_waiting: sums that are requantized together. */
export const mostWaiting = 32;

/** Ends the list of excess: no output has this number. */
const lastExcess = 32767;

/** Cycles on a Cortex-M0+: taking the lanes of eight outputs apart, and one entry of the list of excess. */
const splitCycles = 72;
const excessCycles = 50;

/** What a product takes less than in a block of four outputs. */
const savedCycles = 2.5;

export const mul32FullyConnected: Kernel<FullyConnectedParameters> = {
  capability: 'mul32',
  name: 'fully_connected_s8',
  accepts(given) {
    if (!isInt8(given) || given.outputs + 8 >= lastExcess) return false;
    const p = settle(given);
    return sumsFit(p, filterOf(p), p.outputs);
  },
  lower(given, { label }) {
    const p = settle(given);
    const { group, weights, excess } = groupsOf(p);
    const counts = blocks(p);
    const bias = foldedBias(p, filterOf(p), p.outputs);
    const rescale = rescaleOfOutputs(p, bias);
    return {
      why:
        counts[0] === 8 ? 'eight outputs at a time, two products in one multiply' : 'four outputs at a time',
      scratchBytes: 0,
      overlaps: [{ input: 0, lead: leadOfStretches(stretches(p)) }],
      work: workOf(p),
      constants: [
        {
          name: `${label}_weights`,
          ctype: 'int8_t',
          data: sideBySide(p, weights),
          comment:
            `${label}: weights [output ${p.outputs}][input ${p.inputs}], ` +
            `${counts[0] === 8 ? 'eight' : 'four'} outputs side by side`,
          align: 4,
        },
        ...(rescale ? rescaleConstants(p, label, bias, rescale) : scaleConstants(p, label, bias)),
        {
          name: `${label}_excess`,
          ctype: 'int16_t',
          data: Int16Array.from([...excess.flat(), lastExcess]),
          comment: `${label}: output, input, and what the weight between them lacks`,
          align: 2,
        },
      ],
      sources: ['mul32/fully_connected_s8.c'],
      emit(printer, at) {
        const kernel = {
          name: 'crimp_mul32_fully_connected_s8',
          struct: 'crimp_mul32_fully_connected',
          scratch: false,
          more: [rescale && 'limit', 'excess'],
        };
        const shape = {
          batch: p.batch,
          inputs: p.inputs,
          outputs: p.outputs,
          group,
          rounding: group > 0 ? 2 ** 15 * Math.ceil(p.inputs / group) : 0,
          scale_step: p.perChannel ? 1 : 0,
          ...rescaleFields(rescale),
        };
        printLayer(printer, at, p, label, kernel, shape, 1);
      },
    };
  },
};

/** One multiplier for all outputs has to be exact for all sums that any of them can reach. */
export function rescaleOfOutputs(p: FullyConnectedParameters, bias: Int32Array): Rescale | undefined {
  if (p.perChannel) return rescaleOf(p, filterOf(p), p.outputs);
  const furthest = bias.reduce((most, start, c) => {
    const magnitude = filterOf(p)(c).reduce((n, w) => n + Math.abs(w), 0);
    return Math.max(most, Math.abs(start) + 128 * magnitude);
  }, 0);
  const reach = new Int8Array(Math.ceil(furthest / 127 ** 2)).fill(127);
  return rescaleOf({ ...p, inputOffset: 0, bias: undefined }, () => reach, 1);
}

/** A scale for all outputs stays one for all. */
export function settle(p: FullyConnectedParameters): FullyConnectedParameters {
  const { inputs, outputs, perChannel } = p;
  return perChannel ? settled(p, outputs, { start: (c) => c * inputs, step: 1, taps: inputs }) : p;
}

export function filterOf(p: FullyConnectedParameters): Filter {
  return (c) => (p.weights as Int8Array).subarray(c * p.inputs, (c + 1) * p.inputs);
}

/** How many blocks of eight outputs the layer has, if it is to be computed in such. */
function wholeEights({ inputs, outputs }: FullyConnectedParameters): number {
  return inputs % 4 === 0 && inputs < lastExcess ? Math.floor(outputs / 8) : 0;
}

/** Outputs computed together, one block after the other. */
function blocks(p: FullyConnectedParameters): number[] {
  const { outputs } = p;
  const eights = groupsOf(p).group > 0 ? wholeEights(p) : 0;
  const left = outputs - 8 * eights;
  return [
    ...Array<number>(eights).fill(8),
    ...Array<number>(Math.floor(left / 4)).fill(4),
    ...Array<number>(left % 4).fill(1),
  ];
}

function workOf(p: FullyConnectedParameters): Work {
  const { inputs, outputs, batch, perChannel } = p;
  const { group, excess } = groupsOf(p);
  const counts = blocks(p);
  const of = (size: number) => batch * counts.filter((count) => count === size).length;
  return {
    calls: batch,
    eights: of(8),
    splits: group > 0 ? of(8) * Math.ceil(inputs / group) : 0,
    inputsOfEights: of(8) * inputs,
    excess: batch * excess.length,
    fours: of(4),
    inputsOfFours: of(4) * inputs,
    ones: of(1),
    inputsOfOnes: of(1) * inputs,
    outputs: batch * outputs,
    scales: perChannel ? batch * outputs : 0,
  };
}

interface Groups {
  /** Inputs whose products are added up in a lane of 16 bits; 0 where no eight outputs are computed together. */
  readonly group: number;
  /** [output][input], less the excess. */
  readonly weights: Int8Array;
  /** Output, input, difference; by output. */
  readonly excess: readonly (readonly [number, number, number])[];
}

const known = new WeakMap<FullyConnectedParameters, Groups>();

function groupsOf(p: FullyConnectedParameters): Groups {
  const groups = known.get(p) ?? findGroups(p);
  known.set(p, groups);
  return groups;
}

/** Large groups save cycles, but the more of their weights have to be made smaller; small layers may not be worth either. */
function findGroups(p: FullyConnectedParameters): Groups {
  const eights = wholeEights(p);
  let best: Groups = { group: 0, weights: p.weights as Int8Array, excess: [] };
  let fewest = 8 * eights * p.inputs * savedCycles;
  for (let group = 4; eights > 0 && group < 2 * p.inputs; group *= 2) {
    const candidate = takeExcess(p, Math.min(group, p.inputs), 8 * eights);
    const splits = eights * Math.ceil(p.inputs / group) * splitCycles;
    const cycles = splits + candidate.excess.length * excessCycles;
    if (cycles < fewest) {
      fewest = cycles;
      best = candidate;
    }
  }
  return best;
}

/** Makes Σ |w| · 128 < 2^15 in every group of the first `outputs`, largest weights first. */
function takeExcess(p: FullyConnectedParameters, group: number, outputs: number): Groups {
  const weights = Int8Array.from(p.weights as Int8Array);
  const excess: [number, number, number][] = [];
  for (let output = 0; output < outputs; output++) {
    for (let start = 0; start < p.inputs; start += group) {
      const end = Math.min(start + group, p.inputs);
      const row = weights.subarray(output * p.inputs + start, output * p.inputs + end);
      let over = row.reduce((n, w) => n + Math.abs(w), 0) - 255;
      while (over > 0) {
        const at = row.reduce((most, w, i) => (Math.abs(w) > Math.abs(row[most]!) ? i : most), 0);
        const difference = Math.sign(row[at]!) * Math.min(over, Math.abs(row[at]!));
        row[at] = row[at]! - difference;
        excess.push([output, start + at, difference]);
        over -= Math.abs(difference);
      }
    }
  }
  return { group, weights, excess };
}

/** Outputs 0 and 1, whose weights are multiplied at once, stand 16 bits apart. */
const pairOrder = [0, 2, 1, 3, 4, 6, 5, 7];

/** [output][input] → for each eight outputs [input][8] as w + 128, for each four [input][4], then rows. */
function sideBySide(p: FullyConnectedParameters, weights: Int8Array): Int8Array {
  const arranged = new Int8Array(weights.length);
  let output = 0;
  for (const count of blocks(p)) {
    for (let k = 0; k < p.inputs; k++) {
      for (let i = 0; i < count; i++) {
        const to = count === 8 ? pairOrder[i]! : i;
        const weight = weights[(output + i) * p.inputs + k]!;
        arranged[output * p.inputs + k * count + to] = count === 8 ? weight + 128 : weight;
      }
    }
    output += count;
  }
  return arranged;
}

/** Block after block, each from the whole row of inputs. */
function stretches(p: FullyConnectedParameters): Stretch[] {
  const list: Stretch[] = [];
  for (let row = 0; row < p.batch; row++) {
    let end = row * p.outputs;
    let waiting = 0;
    for (const count of blocks(p)) {
      waiting += count;
      const stored = waiting + 8 > mostWaiting || end + waiting === (row + 1) * p.outputs;
      if (stored) {
        end += waiting;
        waiting = 0;
      }
      list.push({ firstRead: row * p.inputs, writeEnd: end });
    }
  }
  return list;
}
