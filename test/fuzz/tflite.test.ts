import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { CrimpError, type Diagnostic, formatDiagnostic } from '../../src/diagnostics.js';
import { exportTflite } from '../../src/exporters/tflite/export.js';
import type { Draft } from '../../src/formats/tflite/schema.js';
import { writeModel } from '../../src/formats/tflite/writer.js';
import { byteSize } from '../../src/graph/access.js';
import { checkGraph } from '../../src/graph/check.js';
import type { Graph } from '../../src/graph/graph.js';
import { inspectModel } from '../../src/importers/index.js';
import { macsOf } from '../../src/ops/registry.js';
import { analyze } from '../../src/report/analyze.js';
import { createSimulator } from '../../src/simulator/simulator.js';
import { random } from '../property/random.js';
import { fixtures } from '../support/models.js';
import { mutate } from './mutate.js';

const filesPerFixture = Number(process.env.CRIMP_FUZZ ?? 300);
/** Damage can turn a small model into a sound large one; it is not run then, only read. */
const maxMacs = 1e7;
const maxBytes = 1e7;

const folder = new URL('../fixtures/', import.meta.url);
const names = readdirSync(folder).filter((name) => name.endsWith('.tflite'));
const files = names.map((name) => new Uint8Array(readFileSync(new URL(name, folder))));
// And one that says how it is fed.
names.push('fed');
const normalization = [{ mean: [127.5], std: [127.5] }];
const fed = { ...fixtures.dense!('float32'), normalization, classes: ['a', 'b', 'c', 'd'] };
files.push(new Uint8Array(exportTflite(fed)));

/** A graph and diagnostics, or a CrimpError's diagnostics; anything else fails the test. */
function inspect(bytes: Uint8Array): { graph?: Graph; diagnostics: readonly Diagnostic[] } {
  try {
    return inspectModel(bytes, { name: 'fuzz', file: 'fuzz.tflite' });
  } catch (thrown) {
    if (thrown instanceof CrimpError && thrown.exitCode === 2) return { diagnostics: thrown.diagnostics };
    throw thrown;
  }
}

/** What every diagnostic owes its reader. */
function assertReadable(diagnostics: readonly Diagnostic[]): void {
  for (const d of diagnostics) {
    assert.match(d.code, /^[a-z0-9-]+$/);
    assert.ok(d.message.length > 0 && d.hint.length > 0, formatDiagnostic(d));
    assert.doesNotMatch(d.message, /undefined|\[object|NaN bytes/, d.message);
  }
}

function isSmall(graph: Graph): boolean {
  const bytes = graph.tensors.reduce((n, tensor) => n + byteSize(tensor), 0);
  return bytes <= maxBytes && graph.ops.reduce((n, op) => n + macsOf(op, graph), 0) <= maxMacs;
}

/** Without a limit on memory, a wrong count would be an allocation; held constants may be a few times the file. */
function assertBounded(graph: Graph, fileBytes: number): void {
  const constants = new Set(graph.tensors.flatMap((tensor) => (tensor.data ? [tensor.data] : [])));
  const held = [...constants].reduce((n, data) => n + data.byteLength, 0);
  assert.ok(held <= 64 * fileBytes, `${held} bytes of constants out of ${fileBytes}`);
}

test('damaged models end in diagnostics or in graphs that run', () => {
  const outcomes = { refused: 0, reported: 0, sound: 0 };
  for (const [i, file] of files.entries()) {
    const rng = random(1000 + i);
    for (let n = 0; n < filesPerFixture; n++) {
      const bytes = mutate(file, rng, files[rng.int(0, files.length - 1)]!);
      const context = `${names[i]}, mutation ${n}`;
      try {
        const { graph, diagnostics } = inspect(bytes);
        assertReadable(diagnostics);
        if (graph) {
          assertBounded(graph, bytes.length);
          // inspectModel has called it before; it must also hold alone.
          assertReadable(checkGraph(graph));
          assert.equal(analyze(graph, diagnostics).ops.length, graph.ops.length);
        }
        if (!graph) outcomes.refused++;
        else if (diagnostics.some((d) => d.severity === 'error')) outcomes.reported++;
        else {
          outcomes.sound++;
          if (isSmall(graph)) createSimulator(graph).run();
        }
      } catch (thrown) {
        throw new Error(context, { cause: thrown });
      }
    }
  }
  // The mutations reach every stage.
  assert.equal(outcomes.refused + outcomes.reported + outcomes.sound, names.length * filesPerFixture);
  assert.ok(
    Object.values(outcomes).every((count) => count > 100),
    JSON.stringify(outcomes),
  );
});

test('tables that overlap to multiply themselves are stopped', () => {
  // Every operator refers to one long list of inputs: quadratic, if each were read anew.
  const operators: Draft<'Operator'>[] = Array.from({ length: 400 }, () => ({ inputs: [0], outputs: [1] }));
  const wide = Array.from({ length: 4000 }, () => 0);
  const bytes = writeModel({
    version: 3,
    operator_codes: [{ builtin_code: 19 }],
    subgraphs: [{ tensors: [{ name: 'x', shape: [1] }], inputs: wide, outputs: [0], operators }],
    buffers: [{}],
  });
  const view = new DataView(bytes.buffer);
  // The list is the only vector of that length; every operator's vector of one input becomes an offset to it.
  const words = Array.from({ length: bytes.length >> 2 }, (_, i) => 4 * i);
  const target = words.find((at) => view.getUint32(at, true) === wide.length)!;
  let redirected = 0;
  for (const at of words) {
    const to = at + view.getUint32(at, true);
    const isInputs =
      to + 8 <= bytes.length && view.getUint32(to, true) === 1 && view.getUint32(to + 4, true) === 0;
    if (!isInputs || target <= at) continue;
    view.setUint32(at, target - at, true);
    redirected++;
  }
  assert.ok(redirected >= 100, `${redirected} operators redirected`);
  assert.ok(inspect(bytes).diagnostics.some((d) => /overlap/.test(d.message)));
});
