/**
 * TFLM's integer SVDF ignores its fused activation: what cuts is the range of its output. Where others share that range, the
 * activation becomes an operator of its own.
 */
import type { AnyOp, Graph } from '../../graph/graph.js';
import { uniqueNames } from '../../graph/names.js';
import { quantizationRules } from '../../ops/quantization_rules.js';

/** Same values. */
export function splitActivation(graph: Graph): Graph {
  const tensors = [...graph.tensors];
  const unique = uniqueNames();
  for (const { name } of graph.ops) unique(name);
  const isShared = (t: number) =>
    graph.ops.some((op) => op.inputs.includes(t) && quantizationRules[op.type]?.sameAsInput);
  const ops = graph.ops.flatMap((op): AnyOp[] => {
    if (op.type !== 'SVDF' || op.attributes.activation === 'NONE' || !isShared(op.outputs[0]!)) return [op];
    const { activation } = op.attributes;
    const [output, name] = [op.outputs[0]!, unique(`${op.name}_sum`)];
    const sum = tensors.push({ ...tensors[output]!, name }) - 1;
    return [
      { ...op, name, outputs: [sum], attributes: { ...op.attributes, activation: 'NONE' } },
      { type: activation, name: op.name, inputs: [sum], outputs: [output], attributes: {} } as AnyOp,
    ];
  });
  return { ...graph, tensors, ops };
}
