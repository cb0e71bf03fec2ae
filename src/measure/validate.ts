/** Does the device return what the simulator says, byte for byte? */

import { byteSize } from '../graph/access.js';
import type { Graph, Tensor } from '../graph/graph.js';
import { unchained } from '../ops/row_chain.js';
import { createSimulator } from '../simulator/simulator.js';
import type { Runner } from './runner.js';

export interface Samples {
  readonly count: number;
  /** All inputs of sample i in order, raw little-endian. */
  bytes(i: number): Uint8Array;
}

export interface Mismatch {
  readonly sample: number;
  /** The layer that wrote the tensor. */
  readonly layer: { readonly index: number; readonly name: string; readonly type: string };
  readonly tensor: string;
  /** Flat index in the tensor. */
  readonly index: number;
  /** null where an answer ends before the value. */
  readonly expected: number | null;
  readonly actual: number | null;
}

export interface Validation {
  readonly exact: boolean;
  readonly samples: number;
  /** Values compared. */
  readonly values: number;
  /** Values that differ. */
  readonly mismatches: number;
  /** With `tensors`: those that no device ever holds whole, only some rows at a time, and that cannot be compared. */
  readonly heldInRows?: number;
  /** In execution order: the first tensor that differs is where the fault is. */
  readonly firstMismatch: Mismatch | null;
  /** Differing values by layer; only layers with any. */
  readonly mismatchesByLayer: readonly {
    readonly name: string;
    readonly type: string;
    readonly mismatches: number;
  }[];
}

export interface ValidateOptions {
  /** Compare every tensor that a layer writes whole, not only the outputs. */
  readonly tensors?: boolean;
  readonly onProgress?: (done: number, total: number) => void;
}

/** Runs every sample on the runner and in the simulator and compares. @throws CrimpError when the device fails. */
export async function validate(
  runner: Runner,
  samples: Samples,
  options: ValidateOptions = {},
): Promise<Validation> {
  const { graph } = runner.compiled;
  const simulator = createSimulator(graph);
  const tally = new Map<number, number>();
  let values = 0;
  options.onProgress?.(0, samples.count);
  let firstMismatch: Mismatch | null = null;

  await runner.reset();
  for (let sample = 0; sample < samples.count; sample++) {
    const input = samples.bytes(sample);
    simulator.setInputs(input);
    simulator.run();
    const actual = options.tensors
      ? await runner.tensors(input)
      : splitOutputs(graph, (await runner.infer(input)).outputs);
    for (const { tensor, op } of writtenTensors(graph)) {
      const got = actual.get(tensor);
      if (!got) continue;
      const { compared, different, first } = compareTensor(
        graph.tensors[tensor]!,
        simulator.tensorBytes(tensor),
        got,
      );
      values += compared;
      if (different === 0) continue;
      tally.set(op, (tally.get(op) ?? 0) + different);
      const { name, type } = graph.ops[op]!;
      firstMismatch ??= {
        sample,
        layer: { index: op, name, type },
        tensor: graph.tensors[tensor]!.name,
        ...first!,
      };
    }
    options.onProgress?.(sample + 1, samples.count);
  }

  const mismatchesByLayer = [...tally].map(([op, mismatches]) => {
    const { name, type } = graph.ops[op]!;
    return { name, type, mismatches };
  });
  const heldInRows = unchained(graph).length - graph.ops.length;
  const mismatches = mismatchesByLayer.reduce((n, layer) => n + layer.mismatches, 0);
  return {
    exact: mismatches === 0,
    samples: samples.count,
    values,
    mismatches,
    ...(options.tensors && heldInRows > 0 && { heldInRows }),
    firstMismatch,
    mismatchesByLayer,
  };
}

/** Each tensor that an op writes, with that op, in execution order. */
function writtenTensors(graph: Graph): { tensor: number; op: number }[] {
  return graph.ops.flatMap(({ outputs }, op) => outputs.map((tensor) => ({ tensor, op })));
}

function splitOutputs(graph: Graph, bytes: Uint8Array): Map<number, Uint8Array> {
  const split = new Map<number, Uint8Array>();
  let offset = 0;
  for (const index of graph.outputs) {
    const size = byteSize(graph.tensors[index]!);
    split.set(index, bytes.subarray(offset, offset + size));
    offset += size;
  }
  return split;
}

/** Compares bytes, and tells values: a float is the same only if its bits are. */
function compareTensor(tensor: Tensor, expected: Uint8Array, actual: Uint8Array) {
  const read = reader(tensor.dtype);
  const width = expected.length === 0 ? 1 : Math.max(1, byteSize({ dtype: tensor.dtype, shape: [] }));
  const compared = Math.max(expected.length, actual.length) / width;
  let different = 0;
  let first: Pick<Mismatch, 'index' | 'expected' | 'actual'> | undefined;
  for (let index = 0; index < compared; index++) {
    const at = index * width;
    let same = true;
    for (let b = at; b < at + width; b++) same &&= expected[b] === actual[b];
    if (same) continue;
    different++;
    first ??= { index, expected: read(expected, at), actual: read(actual, at) };
  }
  return { compared, different, first };
}

function reader(dtype: Tensor['dtype']): (bytes: Uint8Array, at: number) => number | null {
  const view = (bytes: Uint8Array) => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const within =
    (width: number, read: (v: DataView, at: number) => number) => (bytes: Uint8Array, at: number) =>
      at + width <= bytes.length ? read(view(bytes), at) : null;
  switch (dtype) {
    case 'int4':
    case 'int8':
      return within(1, (v, at) => v.getInt8(at));
    case 'uint8':
    case 'bool':
      return within(1, (v, at) => v.getUint8(at));
    case 'int16':
      return within(2, (v, at) => v.getInt16(at, true));
    case 'int32':
      return within(4, (v, at) => v.getInt32(at, true));
    case 'int64':
      return within(8, (v, at) => Number(v.getBigInt64(at, true)));
    case 'float32':
      return within(4, (v, at) => v.getFloat32(at, true));
  }
}
