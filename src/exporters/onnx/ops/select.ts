/** Operators that choose values, or put them somewhere, by number. */
import { elementCount, inputTensor, outputTensor } from '../../../graph/access.js';
import type { Op } from '../../../graph/graph.js';
import { broadcastArgsParameters } from '../../../ops/broadcast_args.js';
import { dynamicUpdateSliceParameters } from '../../../ops/dynamic_update_slice.js';
import { stridesOf } from '../../../ops/movement.js';
import { topkV2Parameters } from '../../../ops/topk_v2.js';
import type { Exporter } from '../exporter.js';
import type { Value } from '../model_writer.js';
import { onnxTypeOf } from '../types.js';

export function topkV2(op: Op<'TOPK_V2'>, x: Exporter): void {
  const { k } = topkV2Parameters(op, x.graph);
  const inputs = [x.real(op.inputs[0]!), x.writer.integers([k])];
  const [values, places] = x.writer.nodeOf(2, 'TopK', inputs, { axis: -1, largest: 1, sorted: 1 });
  x.write(op.outputs[0]!, values!);
  x.write(op.outputs[1]!, x.node('Cast', [places!], { to: onnxTypeOf.int32 }));
}

/** Raw values, whatever the scale: small integers as int32, which wrap when they are small again. */
export function scatterNd(op: Op<'SCATTER_ND'>, x: Exporter): void {
  const { dtype, shape } = outputTensor(x.graph, op);
  const narrow = inputTensor(x.graph, op, 1).dtype !== 'float32';
  const type = narrow ? 'int32' : dtype;
  const zeros = x.node('Expand', [x.writer.scalar(type, 0), x.writer.integers(shape)]);
  const updates = x.raw(op.inputs[1]!);
  const places = x.node('Cast', [x.raw(op.inputs[0]!)], { to: onnxTypeOf.int64 });
  const given = dtype === type ? updates : x.node('Cast', [updates], { to: onnxTypeOf[type] });
  const sums = x.node('ScatterND', [zeros, places, given], { reduction: 'add' });
  x.writeRaw(op.outputs[0]!, dtype === type ? sums : x.node('Cast', [sums], { to: onnxTypeOf[dtype] }));
}

export function embeddingLookup(op: Op<'EMBEDDING_LOOKUP'>, x: Exporter): void {
  const [numbers, table] = op.inputs as readonly [number, number];
  x.write(op.outputs[0]!, x.node('Gather', [x.real(table), x.raw(numbers)], { axis: 0 }));
}

/** Places in the tensor, by all axes up to the last one that the slice does not fill. */
export function dynamicUpdateSlice(op: Op<'DYNAMIC_UPDATE_SLICE'>, x: Exporter): void {
  const [operand, update, begin] = op.inputs as readonly [number, number, number];
  const { last } = dynamicUpdateSliceParameters(op, x.graph);
  const axes = last.findLastIndex((n) => n > 0) + 1;
  if (axes === 0) {
    x.write(op.outputs[0]!, x.real(update));
    return;
  }
  const counts = x.tensor(update).shape.slice(0, axes);
  const strides = stridesOf(counts);
  const places = Array.from({ length: elementCount(counts) }, (_, i) =>
    counts.map((n, axis) => Math.floor(i / strides[axis]!) % n),
  );
  const whole = x.node('Cast', [x.raw(begin)], { to: onnxTypeOf.int64 });
  const own = x.node('Slice', [whole, ...[[0], [axes]].map((list) => x.writer.integers(list))]);
  const latest = x.node('Min', [own, x.writer.integers(last.slice(0, axes))]);
  const first = x.node('Max', [latest, x.writer.integers(counts.map(() => 0))]);
  const moved = x.node('Add', [x.writer.integers(places.flat(), [...counts, axes]), first]);
  x.write(op.outputs[0]!, x.node('ScatterND', [x.real(operand), moved, x.real(update)]));
}

export function broadcastArgs(op: Op<'BROADCAST_ARGS'>, x: Exporter): void {
  const { dtype, rank, ranks } = broadcastArgsParameters(op, x.graph);
  const one = x.writer.scalar(dtype, 1);
  const [a, b] = op.inputs.map((t, i) => {
    const lacking = rank - ranks[i]!;
    if (lacking === 0) return x.raw(t);
    return x.node('Concat', [x.node('Expand', [one, x.writer.integers([lacking])]), x.raw(t)], { axis: 0 });
  }) as [Value, Value];
  x.write(op.outputs[0]!, x.node('Where', [x.node('Equal', [a, one]), b, a]));
}
