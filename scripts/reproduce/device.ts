/** What a network takes of a Raspberry Pi Pico, measured on the virtual one. */
import type { CompileOptions } from '../../src/compile.js';
import { quantize } from '../../src/compress/quantize/quantize.js';
import type { Graph } from '../../src/graph/graph.js';
import { measuredFootprint } from '../../src/measure/footprint.js';
import { defaultTarget } from '../../targets/index.js';
import { type Figures, type Setting, some } from './setting.js';

const calibrationSamples = 300;

/** Post-training, on training digits drawn by the seed. */
export function inInt8(graph: Graph, setting: Setting): Graph {
  return quantize(graph, some(setting, calibrationSamples), { allowCollapse: true }).graph;
}

/** Bytes of flash and RAM, and cycles of one inference. */
export async function onDevice(graph: Graph, options: CompileOptions = {}): Promise<Figures> {
  const footprint = await measuredFootprint(graph, defaultTarget, options);
  const { weightsBytes, flashBytes, arenaBytes, cycles } = footprint;
  return { weightsBytes, flashBytes, arenaBytes, cycles };
}

/** In int8, before and after; zeros are packed away. */
export async function savedOnDevice(dense: Graph, compressed: Graph, setting: Setting): Promise<Figures> {
  return {
    before: await onDevice(inInt8(dense, setting)),
    after: await onDevice(inInt8(compressed, setting), { packWeights: true }),
  };
}
