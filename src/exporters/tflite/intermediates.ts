/**
 * The intermediate tensors of a quantized LSTM: TFLite's interpreter refuses one without them, though of plain LSTMs it
 * only reads the last one's scale, that of the hidden state. TFLM never looks.
 */
import { tensorTypeOf } from '../../formats/tflite/data.js';
import type { Draft } from '../../formats/tflite/schema.js';
import { inputTensor } from '../../graph/access.js';
import type { Graph, Op } from '../../graph/graph.js';
import { lstmGates, lstmOperands } from '../../ops/unidirectional_sequence_lstm.js';

/** Tensors to append, by op; those of the graph keep their numbers. */
export function intermediateTensors(graph: Graph): ReadonlyMap<number, readonly Draft<'Tensor'>[]> {
  const found = new Map<number, readonly Draft<'Tensor'>[]>();
  graph.ops.forEach((op, i) => {
    if (op.type !== 'UNIDIRECTIONAL_SEQUENCE_LSTM') return;
    const { dtype, quantization } = inputTensor(graph, op as Op, lstmOperands.hidden);
    if (!quantization) return;
    const empty = { shape: [0], buffer: 0 };
    found.set(i, [
      ...lstmGates.map((gate) => ({
        ...empty,
        name: `${op.name}_${gate}_intermediate`,
        type: tensorTypeOf('float32'),
      })),
      {
        ...empty,
        name: `${op.name}_hidden_intermediate`,
        type: tensorTypeOf(dtype),
        quantization: { scale: quantization.scale, zero_point: quantization.zeroPoint },
      },
    ]);
  });
  return found;
}
