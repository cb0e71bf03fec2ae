/** Damaged .h5 and .keras files end in diagnostics or in graphs that run. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { unzipSync, zipSync } from 'fflate';
import { CrimpError, type Diagnostic } from '../../src/diagnostics.js';
import { byteSize } from '../../src/graph/access.js';
import type { Graph } from '../../src/graph/graph.js';
import { inspectModel } from '../../src/importers/index.js';
import { macsOf } from '../../src/ops/registry.js';
import { createSimulator } from '../../src/simulator/simulator.js';
import { random } from '../property/random.js';
import { h5File, kerasFile } from '../support/keras_files.js';
import { tf } from '../support/tfjs_models.js';
import { mutate } from './mutate.js';

const filesPerModel = Number(process.env.CRIMP_FUZZ ?? 120);
const L = tf.layers;

function model() {
  return tf.sequential({
    layers: [
      L.conv2d({ inputShape: [6, 6, 2], filters: 3, kernelSize: 3 }),
      L.batchNormalization(),
      L.flatten(),
      L.dense({ units: 2, activation: 'softmax' }),
    ],
  });
}

function inspect(bytes: Uint8Array): { graph?: Graph; diagnostics: readonly Diagnostic[] } {
  try {
    return inspectModel(bytes, { name: 'fuzz', file: 'fuzz.keras' });
  } catch (thrown) {
    if (thrown instanceof CrimpError && thrown.exitCode === 2) return { diagnostics: thrown.diagnostics };
    throw thrown;
  }
}

test('damaged files of Keras end in diagnostics or in graphs that run', async () => {
  const outcomes = { refused: 0, reported: 0, sound: 0 };
  const plain = model();
  const whole = [await h5File(plain), await h5File(plain, { packed: true }), await kerasFile(plain)];
  // The last one is damaged within its archive, whose checksums then are right.
  const members = unzipSync(await kerasFile(plain, { named: true }));
  for (const [i, file] of [...whole, members['model.weights.h5']!].entries()) {
    const rng = random(3000 + i);
    for (let n = 0; n < filesPerModel; n++) {
      const damaged = mutate(file, rng, whole[rng.int(0, whole.length - 1)]!);
      const inside = i === whole.length;
      const bytes = inside ? zipSync({ ...members, 'model.weights.h5': damaged }, { level: 0 }) : damaged;
      try {
        const { graph, diagnostics } = inspect(bytes);
        for (const d of diagnostics) {
          assert.ok(d.message.length > 0 && d.hint.length > 0);
          assert.doesNotMatch(d.message, /undefined|\[object|NaN/, d.message);
        }
        if (!graph) outcomes.refused++;
        else if (diagnostics.some((d) => d.severity === 'error')) outcomes.reported++;
        else {
          outcomes.sound++;
          const held = graph.tensors.reduce((sum, tensor) => sum + byteSize(tensor), 0);
          const macs = graph.ops.reduce((sum, op) => sum + macsOf(op, graph), 0);
          if (held <= 1e6 && macs <= 1e6) createSimulator(graph).run();
        }
      } catch (thrown) {
        throw new Error(`file ${i}, mutation ${n}`, { cause: thrown });
      }
    }
  }
  const enough = filesPerModel * 0.1;
  assert.ok(outcomes.refused > enough && outcomes.sound > enough, JSON.stringify(outcomes));
  if (process.env.CRIMP_FUZZ) console.log(outcomes);
});
