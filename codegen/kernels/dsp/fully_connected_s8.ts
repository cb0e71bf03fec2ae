/** FULLY_CONNECTED for cores with Arm's DSP extension: fully_connected_s8.c. */
import type { FullyConnectedParameters } from '../../../src/ops/fully_connected.js';
import type { Kernel } from '../../kernel.js';
import { leadOfStretches, type Stretch } from '../../lead.js';
import { type Filter, isInt8 } from '../mul32/proof.js';
import { settled } from '../mul32/settled.js';
import { printStruct } from '../portable/weighted.js';
import { pairOf, pairsOf, stepsOfRun, wordsFit, wordsOf } from './pairs.js';
import { type Channel, requantizedChannels } from './requantize.js';

/** crimp_dsp_most_held */
const mostHeld = 36;

export const dspFullyConnected: Kernel<FullyConnectedParameters> = {
  capability: 'dsp',
  name: 'fully_connected_s8',
  accepts: (p) => isInt8(p) && prepare(p) !== undefined,
  lower(p, { label }) {
    const { filter, channels } = prepare(p)!;
    const { inputs, outputs } = p;
    const pairs = pairsOf(channels.length);
    const sixes = sixesOf(p);
    const steps = stepsOfRun(0, inputs);
    const wordsOfPair = (c: number) => ({
      ...pairOf(channels[c]!, channels[c + 1]!),
      weights: wordsOf(filter(c), filter(c + 1), steps),
    });
    const blocks = Array.from({ length: sixes }, (_, i) => {
      const three = pairs.slice(3 * i, 3 * i + 3).map(wordsOfPair);
      return [
        ...three.map(({ start }) => start[0]),
        ...three.map(({ start }) => start[1]),
        ...steps.flatMap((_, step) => three.map(({ weights }) => weights[step]!)),
        ...three.flatMap(({ end }) => end),
      ];
    });
    const rest = pairs.slice(3 * sixes).map(wordsOfPair);
    return {
      why: sixes > 0 ? 'six outputs at a time' : 'two outputs at a time',
      scratchBytes: 0,
      overlaps: [{ input: 0, lead: leadOfStretches(stretches(p)) }],
      constants: [
        {
          name: `${label}_pairs`,
          ctype: 'int32_t',
          data: Int32Array.from([
            ...blocks.flat(),
            ...rest.flatMap(({ start, weights, end }) => [...start, ...weights, ...end]),
          ]),
          comment: `${label}: weights [output ${outputs}][input ${inputs}] by pairs of outputs, and their constants`,
          align: 4,
        },
      ],
      work: {
        calls: 1,
        rows: p.batch,
        sixes: p.batch * sixes,
        sixInputs: p.batch * sixes * inputs,
        twos: p.batch * rest.length,
        twoInputs: p.batch * rest.length * inputs,
        held: p.batch * heldOf(p),
      },
      sources: ['dsp/fully_connected_s8.c'],
      emit(printer, at) {
        printStruct(printer, `struct ${at.kernel('crimp_dsp_fully_connected')} layer`, {
          batch: p.batch,
          inputs,
          outputs,
          sixes,
          six_words: blocks[0]?.length ?? 0,
          held: heldOf(p),
          min: p.activation.min,
          max: p.activation.max,
        });
        const args = [at.input(0), at.output(0), at.constant(`${label}_pairs`), '&layer'];
        printer.line().call(at.kernel('crimp_dsp_fully_connected_s8'), args);
      },
    };
  },
};

/** A single output stands for two. */
function prepare(given: FullyConnectedParameters): { filter: Filter; channels: Channel[] } | undefined {
  const { inputs, outputs } = given;
  const each = (values: Int32Array) =>
    values.length === outputs ? values : new Int32Array(outputs).fill(values[0]!);
  const scaled = { ...given, multiplier: each(given.multiplier), shift: each(given.shift) };
  const p = settled(scaled, outputs, { start: (c) => c * inputs, step: 1, taps: inputs });
  const filter: Filter = (c) => {
    const row = Math.min(c, outputs - 1);
    return (p.weights as Int8Array).subarray(row * inputs, (row + 1) * inputs);
  };
  if (!wordsFit(filter, Math.max(2, outputs))) return undefined;
  const channels = requantizedChannels(p, filter, outputs);
  if (channels?.length === 1) channels.push(channels[0]!);
  return channels && { filter, channels };
}

/** Blocks of six outputs. */
function sixesOf({ inputs, outputs }: FullyConnectedParameters): number {
  return inputs % 4 === 0 ? Math.floor(outputs / 6) : 0;
}

/** Outputs computed together, one after the other. */
function blocksOf(p: FullyConnectedParameters): number[] {
  const sixes = sixesOf(p);
  const left = p.outputs - 6 * sixes;
  return [...Array<number>(sixes).fill(6), ...Array<number>(left >> 1).fill(2), ...(left % 2 ? [1] : [])];
}

/** As many outputs as wait for the end of a row. */
function heldOf(p: FullyConnectedParameters): number {
  let held = 0;
  for (const count of blocksOf(p).reverse()) {
    if (held + count > mostHeld) break;
    held += count;
  }
  return held;
}

/** Block after block, each from the whole row of inputs; those that are held are written at its end. */
function stretches(p: FullyConnectedParameters): Stretch[] {
  const held = heldOf(p);
  const list: Stretch[] = [];
  for (let row = 0; row < p.batch; row++) {
    const early = (row + 1) * p.outputs - held;
    let end = row * p.outputs;
    for (const count of blocksOf(p)) {
      if (end === early) break;
      end += count;
      list.push({ firstRead: row * p.inputs, writeEnd: end });
    }
    list.push({ firstRead: row * p.inputs, writeEnd: early + held });
  }
  return list;
}
