/** ADD_N as ADDs: TFLM's int8 kernel is off by its inputs' zero point, which all of them would have to share. */
import type { AnyOp, Graph } from '../../graph/graph.js';
import { uniqueNames } from '../../graph/names.js';

/** Same values. */
export function splitAddN(graph: Graph): Graph {
  if (graph.ops.every(({ type }) => type !== 'ADD_N')) return graph;
  const tensors = [...graph.tensors];
  const unique = uniqueNames();
  for (const { name } of graph.ops) unique(name);
  const ops = graph.ops.flatMap((op): AnyOp[] => {
    if (op.type !== 'ADD_N') return [op];
    const output = op.outputs[0]!;
    const [first, ...others] = op.inputs as readonly [number, ...number[]];
    let sum = first;
    return others.map((input, i) => {
      const last = i === others.length - 1;
      const name = last ? op.name : unique(`${op.name}_sum`);
      const inputs = [sum, input];
      sum = last ? output : tensors.push({ ...tensors[output]!, name }) - 1;
      return { type: 'ADD', name, inputs, outputs: [sum], attributes: { activation: 'NONE' } };
    });
  });
  return { ...graph, tensors, ops };
}
