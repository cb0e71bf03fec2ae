/** The models of the benchmark: the golden vectors' own, and networks of the same shape where those are not at hand. */
import type { Graph } from '../../src/graph/graph.js';
import { goldenGraph, readGolden } from '../../test/support/golden.js';
import { personDetect, vww } from '../../test/support/models.js';

export interface BenchModel {
  /** As in `peers`. */
  readonly name: string;
  readonly title: string;
  /** A folder of the golden vectors. */
  readonly golden?: string;
  /** Random weights in the shape of the model. */
  readonly network?: () => Graph;
}

export const benchModels: readonly BenchModel[] = [
  { name: 'KWS', title: 'MLPerf Tiny KWS', golden: 'mlperftiny__kws_ref_model' },
  { name: 'IC', title: 'MLPerf Tiny IC', golden: 'mlperftiny__pretrainedResnet_quant' },
  { name: 'AD', title: 'MLPerf Tiny AD', golden: 'mlperftiny__ad01_int8' },
  { name: 'VWW', title: 'MLPerf Tiny VWW', network: vww },
  { name: 'person_detect', title: 'TFLM person_detect', network: personDetect },
  { name: 'micro_speech', title: 'TFLM micro_speech', golden: 'tflm__micro_speech_quantized' },
  { name: 'hello_world', title: 'TFLM hello_world', golden: 'tflm__hello_world_int8' },
];

/** @throws Error where a golden model is missing, or is refused */
export function graphOf({ name, golden, network }: BenchModel): Graph {
  const graph = network ? network() : goldenGraph(readGolden(golden!));
  if (!graph) throw new Error(`${name} cannot be imported`);
  return graph;
}
