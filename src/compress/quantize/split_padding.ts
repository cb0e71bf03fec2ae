/**
 * SPACE_TO_BATCH_ND that pads becomes PAD and SPACE_TO_BATCH_ND: of the two TFLM's integer kernels only PAD's knows that the zero
 * point stands for 0.
 */
import { inputTensor, outputTensor } from '../../graph/access.js';
import type { AnyOp, Graph, Op, Tensor } from '../../graph/graph.js';
import { uniqueNames } from '../../graph/names.js';
import { blockOf, marginsOf } from '../../ops/batch_space.js';

/** Same values. */
export function splitPadding(graph: Graph): Graph {
  const tensors = [...graph.tensors];
  const unique = uniqueNames();
  for (const { name } of graph.ops) unique(name);
  const ops = graph.ops.flatMap((op): AnyOp[] => {
    if (op.type !== 'SPACE_TO_BATCH_ND' || outputTensor(graph, op as Op).dtype !== 'float32') return [op];
    const margins = marginsOf(op, graph);
    if (margins.flat().every((n) => n === 0)) return [op];
    const { shape } = inputTensor(graph, op as Op);
    const [block, name] = [blockOf(op, graph), unique(`${op.name}_pad`)];
    const sides = shape.map((_, i) => margins[i - 1] ?? [0, 0]);
    const add = (tensor: Tensor) => tensors.push(tensor) - 1;
    const integers = (what: string, rows: number, values: readonly number[]) =>
      add({ name: `${name}_${what}`, dtype: 'int32', shape: [rows, 2], data: Int32Array.from(values) });
    const by = integers('sides', shape.length, sides.flat());
    const none = integers('none', block.length, new Array<number>(2 * block.length).fill(0));
    const padded = shape.map((d, i) => sides[i]![0] + d + sides[i]![1]);
    const image = add({ name, dtype: 'float32', shape: padded });
    return [
      { type: 'PAD', name, inputs: [op.inputs[0]!, by], outputs: [image], attributes: {} },
      { ...op, inputs: [image, op.inputs[1]!, none] },
    ];
  });
  return { ...graph, tensors, ops };
}
