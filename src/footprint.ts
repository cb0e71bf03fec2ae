/** What a model takes of a device, in bytes as they are planned, before anything is built. */
import type { Target } from '../targets/target.js';
import { type CompileOptions, compile } from './compile.js';
import type { Graph } from './graph/graph.js';

/** Bytes, as `compile` computes them. */
export interface PlannedFootprint {
  /** Flash: weights, biases, tables. */
  readonly weightsBytes: number;
  /** The same with packed weights. */
  readonly packedWeightsBytes: number;
  /** RAM: activations and scratch. */
  readonly arenaBytes: number;
}

/** @throws CrimpError as `compile` */
export function plannedFootprint(
  graph: Graph,
  target: Target,
  options: CompileOptions = {},
): PlannedFootprint {
  const { weightsBytes, arenaBytes } = compile(graph, target, options).sources;
  const packedWeightsBytes = options.packWeights
    ? weightsBytes
    : compile(graph, target, { packWeights: true }).sources.weightsBytes;
  return { weightsBytes, packedWeightsBytes, arenaBytes };
}
