/** What does an inference cost on the device? Counted by the device itself, in core cycles or, where it has none, instructions. */

import type { Counts } from '../../targets/target.js';
import { inputError } from '../diagnostics.js';
import { macsOf } from '../ops/registry.js';
import type { Runner } from './runner.js';
import type { Samples } from './validate.js';

export interface LayerCost {
  readonly name: string;
  readonly type: string;
  readonly macs: number;
  readonly cycles: number;
}

export interface Bench {
  /** What `cycles` are: some emulated cores count instructions. */
  readonly counts: Counts;
  readonly cycles: { readonly min: number; readonly median: number; readonly max: number };
  /** The median at the board's clock; absent where instructions are counted, which take no known time. */
  readonly microseconds?: number;
  readonly macs: number;
  readonly cyclesPerMac: number;
  /** Each layer timed on its own, on the first sample; layers that are only another shape cost nothing. */
  readonly layers: readonly LayerCost[];
  readonly stackBytes?: number;
}

/** Times one inference a sample. @throws CrimpError when the runner has no cycle counter. */
export async function bench(
  runner: Runner,
  samples: Samples,
  onProgress?: (done: number, total: number) => void,
): Promise<Bench> {
  const cycles: number[] = [];
  // One more inference times the layers.
  const total = samples.count + 1;
  onProgress?.(0, total);
  await runner.reset();
  for (let i = 0; i < samples.count; i++) {
    const inference = await runner.infer(samples.bytes(i));
    if (inference.cycles === undefined) throw noCounter(runner.target.name);
    cycles.push(inference.cycles);
    onProgress?.(i + 1, total);
  }
  const result = await benchOfRun(runner, cycles, samples.bytes(0));
  onProgress?.(total, total);
  return result;
}

/**
 * A bench of inferences that were made already: only the layers are timed.
 * @param cycles of each inference
 * @param sample on which the layers are timed
 */
export async function benchOfRun(
  runner: Runner,
  cycles: readonly number[],
  sample: Uint8Array,
): Promise<Bench> {
  const { graph, layers } = runner.compiled;
  const byLayer = (await runner.layerCycles(sample)) ?? [];
  const timed = layers.filter((layer) => layer.alias === undefined);
  const cost = new Map(timed.map((layer, i) => [layer.op, byLayer[i] ?? 0]));
  const macs = graph.ops.reduce((n, op) => n + macsOf(op, graph), 0);
  const median = medianOf(cycles);
  const { clockHz } = runner.target;
  const counts = runner.counts ?? 'cycles';
  return {
    counts,
    cycles: { min: Math.min(...cycles), median, max: Math.max(...cycles) },
    ...(counts === 'cycles' && { microseconds: (median / clockHz) * 1e6 }),
    macs,
    cyclesPerMac: macs === 0 ? 0 : median / macs,
    layers: graph.ops.map((op, i) => ({
      name: op.name,
      type: op.type,
      macs: macsOf(op, graph),
      cycles: cost.get(i) ?? 0,
    })),
    stackBytes: await runner.stackBytes(),
  };
}

function noCounter(target: string) {
  return inputError(
    'no-cycle-counter',
    `target ${target} has no cycle counter`,
    'Measure on a board or its virtual twin: `--target pico`.',
  );
}

/** The middle value; of an even number of values the lower of the two, so that it is one that was measured. */
export function medianOf(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? 0;
}
