/** Real samples into the simulator, real values of a few tensors out of it. */
import type { Dataset } from '../../data/index.js';
import { fromReal, toReal } from '../../data/values.js';
import { inputError } from '../../diagnostics.js';
import { elementCount } from '../../graph/access.js';
import type { Graph, TensorData } from '../../graph/graph.js';
import { createSimulator } from '../../simulator/simulator.js';

export interface SimulatedRows {
  /** Values of all the tensors together. */
  readonly size: number;
  /** Runs sample i and writes the tensors' values, one after the other. @throws CrimpError `data-values` */
  run(data: Pick<Dataset, 'inputs'>, i: number, row: Float32Array): void;
}

export function simulatedRows(graph: Graph, tensors: readonly number[]): SimulatedRows {
  const simulator = createSimulator(graph);
  const sizes = tensors.map((t) => elementCount(graph.tensors[t]!.shape));
  return {
    size: sizes.reduce((a, b) => a + b, 0),
    run(data, i, row) {
      graph.inputs.forEach((t, k) => {
        const n = elementCount(graph.tensors[t]!.shape);
        const converted = fromReal(data.inputs[k]!.subarray(i * n, (i + 1) * n), graph.tensors[t]!);
        if ('reason' in converted) {
          const message = `value ${converted.index} of sample ${i} ${converted.reason}`;
          throw inputError('data-values', message, 'Clean the data.');
        }
        copy(converted.data, simulator.memory[t]!);
      });
      simulator.run();
      let at = 0;
      tensors.forEach((t, k) => {
        copy(toReal(simulator.memory[t]!, graph.tensors[t]!), row.subarray(at, at + sizes[k]!));
        at += sizes[k]!;
      });
    },
  };
}

/** Between arrays of one type, or of numbers into floats. */
function copy(from: TensorData, to: TensorData): void {
  (to as Float32Array).set(from as Float32Array);
}
