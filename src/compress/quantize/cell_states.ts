/**
 * What the cell states of LSTMs hold between the steps of one inference. Simulation shows them at its end only, so each layer runs
 * once more, step by step.
 */
import type { AnyOp, Graph, Tensor } from '../../graph/graph.js';
import { lstmOperands } from '../../ops/unidirectional_sequence_lstm.js';
import { createSimulator } from '../../simulator/simulator.js';

export interface CellStates {
  /** The tensor of the state. */
  readonly tensor: number;
  /** Calls back with the state behind each step. @param memory of a simulator of the graph that has just run */
  observe(memory: readonly unknown[], onState: (values: Float32Array) => void): void;
  /** Brings the state back to its initial values. */
  reset(): void;
}

type Lstm = Extract<AnyOp, { type: 'UNIDIRECTIONAL_SEQUENCE_LSTM' }>;

/** @param graph float */
export function cellStates(graph: Graph): CellStates[] {
  return graph.ops.flatMap((op) => (op.type === 'UNIDIRECTIONAL_SEQUENCE_LSTM' ? [ofLayer(graph, op)] : []));
}

function ofLayer(graph: Graph, op: Lstm): CellStates {
  const { timeMajor, restarts, ...attributes } = op.attributes;
  const [first, second, inputs] = graph.tensors[op.inputs[0]!]!.shape as readonly [number, number, number];
  const [batch, steps] = timeMajor ? [second, first] : [first, second];
  const [batchStride, stepStride] = timeMajor ? [1, batch] : [steps, 1];
  const units = graph.tensors[op.outputs[0]!]!.shape[2]!;
  const tensors: Tensor[] = [...graph.tensors];
  const [x, y] = [op.inputs[0]!, op.outputs[0]!];
  tensors[x] = { ...tensors[x]!, shape: [1, batch, inputs] };
  tensors[y] = { ...tensors[y]!, shape: [1, batch, units] };
  const step = { ...op, attributes: { ...attributes, timeMajor: true } };
  const simulator = createSimulator({ ...graph, tensors, ops: [step], inputs: [x], outputs: [y] });
  const tensor = op.inputs[lstmOperands.cell]!;
  return {
    tensor,
    observe(memory, onState) {
      if (restarts) simulator.reset();
      const sequence = memory[x] as Float32Array;
      const row = simulator.memory[x] as Float32Array;
      for (let t = 0; t < steps; t++) {
        for (let b = 0; b < batch; b++) {
          const at = (b * batchStride + t * stepStride) * inputs;
          row.set(sequence.subarray(at, at + inputs), b * inputs);
        }
        simulator.run();
        onState(simulator.memory[tensor] as Float32Array);
      }
    },
    reset: () => simulator.reset(),
  };
}
