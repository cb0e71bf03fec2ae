/**
 * Models with what TensorFlow Lite Micro's reference kernels answer for them. They lie outside the repository, in
 * CRIMP_SHARED or ../shared; tests that use them are skipped where they are missing.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { packageRoot } from '../../src/assets.js';
import type { Graph } from '../../src/graph/graph.js';
import { inspectModel } from '../../src/importers/index.js';

const folder = path.join(process.env.CRIMP_SHARED ?? path.join(packageRoot, '..', 'shared'), 'golden');

/** For node:test's `skip`: false, or why not. */
export const withoutGoldens = existsSync(folder) ? false : `no golden vectors in ${folder}`;

export interface GoldenSet {
  /** Samples back to back. */
  readonly inputs: Uint8Array;
  readonly outputs: Uint8Array;
  readonly samples: number;
}

export interface GoldenTensor {
  readonly subgraph: number;
  readonly index: number;
  readonly name: string;
  readonly op: string;
  /** One a sample of `inputs.bin`, lower-case hex. */
  readonly sha256: readonly string[];
}

export interface Golden {
  readonly name: string;
  readonly model: Uint8Array;
  readonly meta: GoldenMeta;
  readonly sets: readonly GoldenSet[];
  readonly tensors: readonly GoldenTensor[];
}

/** The parts of meta.json that tests use. */
export interface GoldenMeta {
  readonly inputs: readonly GoldenIo[];
  readonly outputs: readonly GoldenIo[];
  readonly macs: number;
  readonly samples: number;
  readonly input_bytes_per_sample: number;
  readonly output_bytes_per_sample: number;
  /** TFLM's arena without what it keeps from one inference to the next: activations and scratch. */
  readonly arena_nonpersistent_bytes: number;
}

export interface GoldenIo {
  readonly index: number;
  /** TFLite's spelling: `INT8`. */
  readonly dtype: string;
  readonly shape: readonly number[];
}

export function goldenNames(): string[] {
  return withoutGoldens
    ? []
    : readdirSync(folder).filter((name) => existsSync(path.join(folder, name, 'meta.json')));
}

export function readGolden(name: string): Golden {
  const at = (file: string) => path.join(folder, name, file);
  const meta = JSON.parse(readFileSync(at('meta.json'), 'utf8')) as GoldenMeta;
  const sets = ['', '_lv'].flatMap((suffix) => {
    if (!existsSync(at(`inputs${suffix}.bin`))) return [];
    const inputs = readFileSync(at(`inputs${suffix}.bin`));
    const outputs = readFileSync(at(`outputs${suffix}.bin`));
    return [{ inputs, outputs, samples: outputs.length / meta.output_bytes_per_sample }];
  });
  const hashes = at('tensors_sha256.json');
  const tensors = existsSync(hashes) ? JSON.parse(readFileSync(hashes, 'utf8')).tensors : [];
  return { name, model: readFileSync(at('model.tflite')), meta, sets, tensors };
}

/** The golden's graph, or undefined when it uses an operator or an option that crimp does not know. */
export function goldenGraph(golden: Golden): Graph | undefined {
  const { graph, diagnostics } = inspectModel(golden.model, { name: golden.name });
  return diagnostics.some((d) => d.severity === 'error') ? undefined : graph;
}
