/** A small dense network, points in the plane labeled by the sign of x · y, and a folder that holds both as files. */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { type Dataset, formatNpz } from '../../src/data/index.js';
import { exportTflite } from '../../src/exporters/tflite/export.js';
import type { Graph } from '../../src/graph/graph.js';
import { importModel } from '../../src/importers/index.js';
import { random } from '../property/random.js';
import { Network } from '../support/network.js';

export function signsNetwork(): Graph {
  const n = new Network('signs', 'float32', 2);
  return n.build(n.softmax(n.dense(n.dense(n.input([1, 2]), 12, 'RELU'), 2)));
}

export function signsData(count: number, seed: number): Dataset {
  const rng = random(seed);
  const values = Float32Array.from({ length: 2 * count }, () => 2 * rng.next() - 1);
  const labels = Int32Array.from({ length: count }, (_, i) =>
    values[2 * i]! * values[2 * i + 1]! > 0 ? 1 : 0,
  );
  return { count, inputs: [values], labels };
}

/** signs.tflite, train.npz (300 samples), test.npz (100), unlabeled.npz. @returns paths in the folder */
export function writeSigns(folder: string): (name: string) => string {
  const at = (name: string) => path.join(folder, name);
  const write = (name: string, { count, inputs, labels }: Dataset) =>
    writeFileSync(
      at(name),
      formatNpz([
        ['x', { values: inputs[0]!, shape: [count, 2] }],
        ...(labels ? [['y', { values: Uint8Array.from(labels), shape: [count] }] as const] : []),
      ]),
    );
  writeFileSync(at('signs.tflite'), exportTflite(signsNetwork()));
  write('train.npz', signsData(300, 4));
  write('test.npz', signsData(100, 5));
  write('unlabeled.npz', { ...signsData(20, 6), labels: undefined });
  return at;
}

/** As a file holds it: with names that files have. */
export function imported(graph: Graph): Graph {
  return importModel(exportTflite(graph), { name: graph.name });
}
