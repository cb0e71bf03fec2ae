/** Operators that choose values, or put them somewhere, by number. */
import { inputTensor, outputTensor } from '../../../graph/access.js';
import type { Op } from '../../../graph/graph.js';
import { topkV2Parameters } from '../../../ops/topk_v2.js';
import type { Exporter } from '../exporter.js';
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
