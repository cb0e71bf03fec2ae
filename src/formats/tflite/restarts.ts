/**
 * Which LSTMs begin every inference anew, as an entry of a .tflite's metadata: `crimp.restarts`, JSON in UTF-8, the numbers of
 * the tensors of their hidden states. The format itself has no word for it: whoever runs such a file elsewhere resets the
 * interpreter's variables before each inference, as with any LSTM that TensorFlow converts.
 */
import type { AnyOp, Graph } from '../../graph/graph.js';
import { lstmOperands } from '../../ops/unidirectional_sequence_lstm.js';

export const restartsName = 'crimp.restarts';

/** Undefined where none does. */
export function encodeRestarts({ ops }: Pick<Graph, 'ops'>): Uint8Array | undefined {
  const states = ops.flatMap((op) =>
    op.type === 'UNIDIRECTIONAL_SEQUENCE_LSTM' && op.attributes.restarts
      ? [op.inputs[lstmOperands.hidden]!]
      : [],
  );
  return states.length === 0 ? undefined : new TextEncoder().encode(JSON.stringify(states));
}

/** Undefined for anything else than a list of numbers. */
export function decodeRestarts(bytes: Uint8Array): ReadonlySet<number> | undefined {
  try {
    const states: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    return Array.isArray(states) && states.every((s) => Number.isSafeInteger(s))
      ? new Set(states as number[])
      : undefined;
  } catch {
    return undefined;
  }
}

/** The ops as the file has them, with what it says of their restarts. */
export function withRestarts(ops: readonly AnyOp[], states: ReadonlySet<number>): AnyOp[] {
  return ops.map((op) =>
    op.type === 'UNIDIRECTIONAL_SEQUENCE_LSTM' && states.has(op.inputs[lstmOperands.hidden]!)
      ? { ...op, attributes: { ...op.attributes, restarts: true } }
      : op,
  );
}
