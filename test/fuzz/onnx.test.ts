import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CrimpError, type Diagnostic, formatDiagnostic } from '../../src/diagnostics.js';
import { byteSize } from '../../src/graph/access.js';
import type { Graph } from '../../src/graph/graph.js';
import { inspectModel } from '../../src/importers/index.js';
import { macsOf } from '../../src/ops/registry.js';
import { createSimulator } from '../../src/simulator/simulator.js';
import { random } from '../property/random.js';
import { cnn, conv1d, mlp, separable } from '../support/onnx_models.js';
import { qdqCnn, qlinearCnn } from '../support/onnx_quantized.js';
import { onnxWriter } from '../support/onnx_writer.js';
import { mutate } from './mutate.js';

const filesPerModel = Number(process.env.CRIMP_FUZZ ?? 200);
/** Damage can turn a small model into a sound large one; it is not run then, only read. */
const maxMacs = 1e6;
const maxBytes = 1e6;

/** Arithmetic of shapes and ops that move values, whose operands are numbers in the file. */
function moves(): Uint8Array {
  const w = onnxWriter({ opset: 13 });
  const x = w.input('x', [1, 4, 6, 5]);
  const [a, b] = w.nodes('Split', [x, w.integers([1, 3])], { axis: 1 }, 2);
  const y = w.node('Slice', [
    w.node('Concat', [b!, a!], { axis: 1 }),
    w.integers([1]),
    w.integers([4]),
    w.integers([2]),
  ]);
  const z = w.node('Pad', [y, w.integers([0, 0, 1, 0, 0, 0, 0, 1])]);
  const shape = w.node(
    'Concat',
    [w.node('Slice', [w.node('Shape', [z]), w.integers([0]), w.integers([2])]), w.integers([-1])],
    { axis: 0 },
  );
  const filled = w.node('ConstantOfShape', [w.integers([2, 3])]);
  const sum = w.node('Add', [
    w.node('ReduceMean', [w.node('Reshape', [z, shape])], { axes: [2], keepdims: 0 }),
    w.node('Expand', [filled, w.integers([2, 3])]),
  ]);
  return w.bytes(w.node('Gather', [w.node('Transpose', [sum]), w.integers([0, 2])], { axis: 0 }));
}

const files = [cnn(), separable(), conv1d(), mlp(), moves(), qdqCnn(), qlinearCnn()];

function inspect(bytes: Uint8Array): { graph?: Graph; diagnostics: readonly Diagnostic[] } {
  try {
    return inspectModel(bytes, { name: 'fuzz', file: 'fuzz.onnx' });
  } catch (thrown) {
    if (thrown instanceof CrimpError && thrown.exitCode === 2) return { diagnostics: thrown.diagnostics };
    throw thrown;
  }
}

test('damaged ONNX files end in diagnostics or in graphs that run', () => {
  const outcomes = { refused: 0, reported: 0, sound: 0 };
  for (const [i, file] of files.entries()) {
    const rng = random(1000 + i);
    for (let n = 0; n < filesPerModel; n++) {
      const bytes = mutate(file, rng, files[rng.int(0, files.length - 1)]!);
      try {
        const { graph, diagnostics } = inspect(bytes);
        for (const d of diagnostics) {
          assert.ok(d.message.length > 0 && d.hint.length > 0, formatDiagnostic(d));
          assert.doesNotMatch(d.message, /undefined|\[object/, d.message);
        }
        if (!graph) outcomes.refused++;
        else if (diagnostics.some((d) => d.severity === 'error')) outcomes.reported++;
        else {
          outcomes.sound++;
          const held = graph.tensors.reduce((sum, tensor) => sum + byteSize(tensor), 0);
          const macs = graph.ops.reduce((sum, op) => sum + macsOf(op, graph), 0);
          if (held <= maxBytes && macs <= maxMacs) createSimulator(graph).run();
        }
      } catch (thrown) {
        throw new Error(`model ${i}, mutation ${n}`, { cause: thrown });
      }
    }
  }
  assert.ok(
    Object.values(outcomes).every((count) => count > files.length * filesPerModel * 0.05),
    JSON.stringify(outcomes),
  );
});
