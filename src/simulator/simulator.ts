/**
 * The truth: runs a Graph with the integer semantics of src/ops. Every later stage, C on the host, virtual and
 * real boards, has to give these bytes. All memory is allocated when the simulator is made; a run allocates
 * nothing. State starts from its initial values and carries over from run to run.
 */
import { inputError } from '../diagnostics.js';
import { allocate, byteSize, elementCount } from '../graph/access.js';
import type { AnyOp, Graph, Op, Tensor, TensorData } from '../graph/graph.js';
import { packInt4, unpackInt4 } from '../graph/int4.js';
import type { Step } from '../ops/op.js';
import { definitionOf } from '../ops/registry.js';

export interface Simulator {
  /** The live array of each tensor; constants are the graph's own arrays. */
  readonly memory: readonly TensorData[];
  readonly inputBytes: number;
  readonly outputBytes: number;
  /** One sample: all inputs in order, raw little-endian. @throws CrimpError `input-size`. */
  setInputs(bytes: Uint8Array): void;
  run(): void;
  /** Brings all state back to its initial values. */
  reset(): void;
  /** Runs the i-th op alone. */
  runLayer(i: number): void;
  /** All outputs in order, raw little-endian; a copy. */
  outputs(): Uint8Array;
  /** One tensor, raw little-endian as it lies in a file (int4 two to a byte); a copy. */
  tensorBytes(index: number): Uint8Array;
}

/** @param graph checked by `checkGraph`: every op known, every shape right. */
export function createSimulator(graph: Graph): Simulator {
  const memory = graph.tensors.map(
    (t) => t.data ?? t.initial?.slice() ?? allocate(t.dtype, elementCount(t.shape)),
  );
  const steps: readonly Step[] = graph.ops.map((op: AnyOp) => {
    return definitionOf(op as Op).simulate(op as Op, graph, memory);
  });
  const sizeOf = (indices: readonly number[]) => indices.reduce((n, i) => n + byteSize(graph.tensors[i]!), 0);
  const inputBytes = sizeOf(graph.inputs);
  const outputBytes = sizeOf(graph.outputs);

  return {
    memory,
    inputBytes,
    outputBytes,
    setInputs(bytes) {
      if (bytes.length !== inputBytes) {
        throw inputError(
          'input-size',
          `one sample is ${inputBytes} bytes, not ${bytes.length}`,
          'Give all inputs of one sample, raw little-endian, in the order of the model.',
        );
      }
      let offset = 0;
      for (const index of graph.inputs) {
        const tensor = graph.tensors[index]!;
        const size = byteSize(tensor);
        fromBytes(tensor, bytes, offset, size, memory[index]!);
        offset += size;
      }
    },
    run() {
      for (let i = 0; i < steps.length; i++) steps[i]!();
    },
    reset() {
      graph.tensors.forEach(({ initial }, i) => {
        if (initial) viewOf(memory[i]!).set(viewOf(initial));
      });
    },
    runLayer(i) {
      steps[i]!();
    },
    outputs() {
      const bytes = new Uint8Array(outputBytes);
      let offset = 0;
      for (const index of graph.outputs) {
        const part = toBytes(graph.tensors[index]!, memory[index]!);
        bytes.set(part, offset);
        offset += part.length;
      }
      return bytes;
    },
    tensorBytes(index) {
      return toBytes(graph.tensors[index]!, memory[index]!);
    },
  };
}

function viewOf(data: TensorData): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

// Typed arrays are little-endian on every platform that Node 20 ships for but s390x, which is not supported.
function toBytes(tensor: Tensor, data: TensorData): Uint8Array {
  return tensor.dtype === 'int4' ? packInt4(data) : viewOf(data).slice();
}

function fromBytes(tensor: Tensor, bytes: Uint8Array, offset: number, size: number, data: TensorData): void {
  if (tensor.dtype === 'int4') {
    unpackInt4(bytes.subarray(offset, offset + size), data as Int8Array);
    return;
  }
  const view = viewOf(data);
  for (let i = 0; i < size; i++) view[i] = bytes[offset + i]!;
}
