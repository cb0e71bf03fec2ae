/**
 * Simulator against emitted C, over many random graphs. All graphs become models of one program, compiled once
 * with the address and undefined-behavior sanitizers and every warning an error; their outputs must equal the
 * simulator's byte for byte. Of the cases that differ the smallest is shown in full.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import type { LowerOptions } from '../../codegen/layer.js';
import { type Compiled, compile } from '../../src/compile.js';
import { withTemporaryFolder } from '../../src/files.js';
import { compileHost } from '../../src/firmware/host.js';
import { elementCount } from '../../src/graph/access.js';
import { dumpGraph } from '../../src/graph/dump.js';
import type { Graph, Tensor, TensorData } from '../../src/graph/graph.js';
import { createSimulator } from '../../src/simulator/simulator.js';
import { host } from '../../targets/host.js';
import type { Capability } from '../../targets/target.js';
import { verifyPlan } from '../planner/verify_plan.js';
import { writeProgram } from './program.js';
import { type Random, random, randomActivation } from './random.js';

export interface HarnessOptions extends LowerOptions {
  /** In place of crimp's own. */
  readonly compile?: typeof compile;
  readonly runs?: number;
  readonly seed?: number;
  /** Samples a graph: uniform, extremes, near the zero point, by turns. */
  readonly samples?: number;
  /** Kernels to test: the host's unless given. Their C has to compile on the host. */
  readonly capabilities?: readonly Capability[];
  /** Of tensors in the arena, the host's unless given. 1 lays outputs over inputs to the byte: 8-bit tensors only. */
  readonly alignment?: number;
  /** Values of an input where not every value is allowed, such as indices. */
  readonly activation?: (tensor: Tensor, sample: number, rng: Random) => TensorData;
}

interface Case {
  readonly graph: Graph;
  readonly compiled: Compiled;
  /** A sample's inputs and the simulator's outputs. */
  readonly inputs: readonly Uint8Array[];
  readonly expected: readonly Uint8Array[];
}

/** Draws `runs` graphs (200 unless given) and proves them as `proveGraphs` does. */
export async function checkProperty(
  arbitrary: fc.Arbitrary<Graph>,
  options: HarnessOptions = {},
): Promise<void> {
  const { runs = 200, seed = 1 } = options;
  await proveGraphs(fc.sample(arbitrary, { numRuns: runs, seed }), options);
}

/** Every graph, simulated and as sanitized C, on the same samples: the same bytes. Plans are verified as well. */
export async function proveGraphs(graphs: readonly Graph[], options: HarnessOptions = {}): Promise<void> {
  const cases = graphs.map((graph, i) => prepare(graph, i, options));
  await withTemporaryFolder(async (folder) => {
    const models = cases.map((c) => ({ sources: c.compiled.sources, sequences: [c.inputs.length] }));
    const files = writeProgram(models, folder);
    const program = await compileHost(folder, files, { sanitize: true, flags: ['-O1', '-g0'] });
    const input = Buffer.concat(cases.flatMap((c) => c.inputs));
    const { stdout, stderr, status } = spawnSync(program, { input, maxBuffer: 1 << 30 });
    report(cases, stdout, status === 0 ? '' : stderr.toString());
  });
}

function prepare(graph: Graph, index: number, options: HarnessOptions): Case {
  const { capabilities = host.capabilities, alignment = host.alignment } = options;
  const target = { ...host, capabilities, alignment };
  let compiled: Compiled;
  try {
    compiled = (options.compile ?? compile)(graph, target, { ...options, name: `case_${index}` });
  } catch (cause) {
    throw new Error(`case ${index} does not compile: ${(cause as Error).message}\n${dumpGraph(graph)}`, {
      cause,
    });
  }
  assert.deepEqual(verifyPlan(compiled.plan, compiled.layers, compiled.graph), [], dumpGraph(graph));
  const simulator = createSimulator(graph);
  const rng = random(index + 1);
  const inputs: Uint8Array[] = [];
  const expected: Uint8Array[] = [];
  for (let sample = 0; sample < (options.samples ?? 3); sample++) {
    const parts = graph.inputs.map((t) => {
      const tensor = graph.tensors[t]!;
      const data = (options.activation ?? randomActivation)(tensor, sample, rng);
      return Buffer.from(data.buffer, data.byteOffset, data.byteLength);
    });
    const bytes = new Uint8Array(Buffer.concat(parts));
    inputs.push(bytes);
    simulator.setInputs(bytes);
    simulator.run();
    expected.push(simulator.outputs());
  }
  return { graph, compiled, inputs, expected };
}

function report(cases: readonly Case[], stdout: Uint8Array, stderr: string): void {
  const failures: { size: number; text: () => string }[] = [];
  let offset = 0;
  for (const [index, c] of cases.entries()) {
    const size = c.graph.tensors.reduce((n, t) => n + elementCount(t.shape), 0);
    let failed = false;
    for (const [sample, expected] of c.expected.entries()) {
      const actual = stdout.subarray(offset, offset + expected.length);
      offset += expected.length;
      if (actual.length < expected.length) {
        // The program ended in this model; nothing after it has run.
        const text = () =>
          `case ${index}: the program ended\n${stderr.slice(0, 6000)}\n${describe(c, sample)}`;
        assert.fail(text());
      }
      // The first sample of a case that differs speaks for it; the others only have to be skipped.
      if (failed || Buffer.compare(actual, expected) === 0) continue;
      failed = true;
      failures.push({
        size,
        text: () => `case ${index}\n${difference(c, expected, actual)}\n${describe(c, sample)}`,
      });
    }
  }
  if (failures.length > 0) {
    failures.sort((a, b) => a.size - b.size);
    assert.fail(
      `${failures.length} of ${cases.length} graphs differ from the simulator; the smallest: ${failures[0]!.text()}`,
    );
  }
  assert.equal(stderr, '', 'the program failed after its last output');
  assert.equal(offset, stdout.length, 'the program wrote more than its outputs');
}

function difference({ graph }: Case, expected: Uint8Array, actual: Uint8Array): string {
  const first = expected.findIndex((byte, i) => byte !== actual[i]);
  const count = expected.reduce((n, byte, i) => n + (byte !== actual[i] ? 1 : 0), 0);
  const values = (bytes: Uint8Array) => {
    const copy = Uint8Array.from(bytes);
    const only = graph.outputs.length === 1 ? graph.tensors[graph.outputs[0]!]!.dtype : 'uint8';
    const view = { int16: Int16Array, int32: Int32Array, float32: Float32Array, int8: Int8Array } as const;
    const Type = view[only as keyof typeof view] ?? Uint8Array;
    return listed(new Type(copy.buffer));
  };
  return `${count} bytes differ, first at ${first}\nsimulator ${values(expected)}\nC         ${values(actual)}`;
}

function listed(data: ArrayLike<number | bigint>): string {
  const shown = Array.from(data).slice(0, 512).join(' ');
  return data.length > 512 ? `${shown} … (${data.length})` : shown;
}

function describe(c: Case, sample: number): string {
  const quantization = (t: Tensor) => {
    if (!t.quantization) return '';
    return `, scale ${listed(t.quantization.scale)}, zero point ${listed(t.quantization.zeroPoint)}`;
  };
  const tensors = c.graph.tensors.map((t, i) => {
    return `tensor ${i}: ${t.dtype} [${t.shape.join(', ')}]${quantization(t)}${t.data ? `\n  ${listed(t.data)}` : ''}`;
  });
  const attributes = c.graph.ops.map((op) => `${op.type} ${JSON.stringify(op.attributes)}`);
  const kernels = c.compiled.sources.layers.map((l) => l.kernel).join(', ');
  const inputs = `sample ${sample}, input bytes ${listed(c.inputs[sample]!)}`;
  return [dumpGraph(c.graph), ...attributes, ...tensors, `kernels ${kernels}`, inputs].join('\n');
}
