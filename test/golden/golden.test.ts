/** Every golden model whose operators crimp knows: the simulator and the emitted C answer as TFLM does. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { compile } from '../../src/compile.js';
import { withTemporaryFolder } from '../../src/files.js';
import { buildHost, compileHost, runHost } from '../../src/firmware/host.js';
import type { Graph } from '../../src/graph/graph.js';
import { createSimulator } from '../../src/simulator/simulator.js';
import { host } from '../../targets/host.js';
import { targets } from '../../targets/index.js';
import type { Capability } from '../../targets/target.js';
import { verifyPlan } from '../planner/verify_plan.js';
import { writeProgram } from '../property/program.js';
import { type Golden, goldenGraph, goldenNames, readGolden, withoutGoldens } from '../support/golden.js';

const known: { golden: Golden; graph: Graph }[] = goldenNames().flatMap((name) => {
  const golden = readGolden(name);
  const graph = goldenGraph(golden);
  return graph ? [{ golden, graph }] : [];
});

function* samplesOf(golden: Golden) {
  for (const { inputs, outputs, samples } of golden.sets) {
    const [inBytes, outBytes] = [inputs.length / samples, outputs.length / samples];
    for (let i = 0; i < samples; i++) {
      const input = inputs.subarray(i * inBytes, (i + 1) * inBytes);
      yield { input, output: outputs.subarray(i * outBytes, (i + 1) * outBytes), index: i };
    }
  }
}

function differing(actual: Uint8Array, expected: Uint8Array): string | undefined {
  if (actual.length !== expected.length) return `${actual.length} bytes, not ${expected.length}`;
  const count = expected.reduce((n, byte, i) => n + (byte === actual[i] ? 0 : 1), 0);
  if (count === 0) return undefined;
  const first = expected.findIndex((byte, i) => byte !== actual[i]);
  return `${count} of ${expected.length} bytes differ, first at ${first}: ${actual[first]}, not ${expected[first]}`;
}

test('the models of MLPerf Tiny and of TFLM are among the golden models', { skip: withoutGoldens }, () => {
  const names = known.map((k) => k.golden.name);
  for (const name of [
    'mlperftiny__kws_ref_model',
    'mlperftiny__pretrainedResnet_quant',
    'mlperftiny__ad01_int8',
    'tflm__hello_world_int8',
    'tflm__micro_speech_quantized',
  ])
    assert.ok(names.includes(name), `${name} is not supported`);
});

test('the simulator answers as TFLM does, outputs and every tensor between', { skip: withoutGoldens }, () => {
  const faults: string[] = [];
  for (const { golden, graph } of known) {
    const simulator = createSimulator(graph);
    let set = -1;
    for (const { input, output, index } of samplesOf(golden)) {
      if (index === 0) {
        set++;
        simulator.reset();
      }
      simulator.setInputs(input);
      simulator.run();
      const fault = differing(simulator.outputs(), output);
      if (fault) faults.push(`${golden.name} sample ${index}: ${fault}`);
      const written = set === 0 ? golden.tensors.filter((t) => t.subgraph === 0 && t.op !== '') : [];
      const wrong = written.find((t) => {
        const bytes = simulator.tensorBytes(t.index);
        return t.sha256[index] && createHash('sha256').update(bytes).digest('hex') !== t.sha256[index];
      });
      if (wrong)
        faults.push(`${golden.name} sample ${index}: tensor ${wrong.index} "${wrong.name}" of ${wrong.op}`);
      if (fault || wrong) break;
    }
  }
  assert.deepEqual(faults, []);
});

/** The kernels that some target would take, compiled for this computer. */
const kernelSets = new Map(targets.map((t) => [t.capabilities.join(' and '), t.capabilities]));

for (const [names, capabilities] of kernelSets) {
  test(`the emitted C answers as TFLM does with ${names} kernels`, { skip: withoutGoldens }, () =>
    answers(capabilities),
  );
}

async function answers(capabilities: readonly Capability[]): Promise<void> {
  const models = known.map(({ golden, graph }, i) => {
    const compiled = compile(graph, { ...host, capabilities }, { name: `golden_${i}` });
    assert.deepEqual(verifyPlan(compiled.plan, compiled.layers, compiled.graph), [], golden.name);
    return { golden, sources: compiled.sources, sequences: golden.sets.map((s) => s.samples) };
  });
  await withTemporaryFolder(async (folder) => {
    const flags = ['-O1', '-g0', '-Wno-overlength-strings'];
    const program = await compileHost(folder, writeProgram(models, folder), { sanitize: true, flags });
    const input = Buffer.concat(models.flatMap((m) => m.golden.sets.map((s) => s.inputs)));
    const { stdout, stderr } = spawnSync(program, { input, maxBuffer: 1 << 30 });
    let offset = 0;
    const faults = models.flatMap(({ golden }) => {
      const expected = Buffer.concat(golden.sets.map((s) => s.outputs));
      const fault = differing(stdout.subarray(offset, offset + expected.length), expected);
      offset += expected.length;
      return fault ? [`${golden.name}: ${fault}`] : [];
    });
    assert.deepEqual(faults, [], stderr.toString());
  });
}

for (const name of ['mlperftiny__kws_ref_model', 'mlperftiny__ad01_int8']) {
  test(`every tensor of ${name} in the emitted C is the simulator's`, { skip: withoutGoldens }, async () => {
    const { golden } = known.find((k) => k.golden.name === name)!;
    const { graph, sources } = compile(goldenGraph(golden)!, host, { name });
    await withTemporaryFolder(async (folder) => {
      const program = await buildHost(sources, folder, { sanitize: true });
      const simulator = createSimulator(graph);
      for (const { input, index } of samplesOf(golden)) {
        if (index >= 2) break;
        simulator.setInputs(input);
        simulator.run();
        const bytes = await runHost(program, input, { tensors: true });
        let offset = 0;
        for (const tensor of sources.tensors) {
          const actual = bytes.subarray(offset, offset + tensor.bytes);
          assert.equal(differing(actual, simulator.tensorBytes(tensor.index)), undefined, tensor.name);
          offset += tensor.bytes;
        }
        assert.equal(offset, bytes.length);
      }
    });
  });
}
