/**
 * ADD of int32 constants behind a layer that has no bias becomes its bias: exporters of MatMul keep the two apart. The pass
 * `foldBias` does so with real constants.
 */
import { elementCount } from '../../graph/access.js';
import type { AnyOp, Graph, Tensor } from '../../graph/graph.js';
import { soleWeightsOf } from '../../ops/quantization_rules.js';

export function foldQuantizedBias(graph: Graph): Graph {
  const integersOf = (t: number): Tensor | undefined => {
    const op = graph.ops.find((o) => o.outputs.includes(t));
    const source = op?.type === 'DEQUANTIZE' ? graph.tensors[op.inputs[0]!] : undefined;
    return source?.data && source.dtype === 'int32' ? source : undefined;
  };
  let ops = graph.ops;
  for (const add of graph.ops) {
    if (add.type !== 'ADD') continue;
    const at = add.inputs.findIndex((t) => integersOf(t));
    if (at < 0) continue;
    const layer = ops.find((op) => op.outputs[0] === add.inputs[1 - at]);
    const rule = layer && soleWeightsOf(layer);
    if (!layer || rule?.bias === undefined || (layer.inputs[rule.bias] ?? -1) >= 0) continue;
    const [before, after] = [graph.tensors[layer.outputs[0]!]!, graph.tensors[add.outputs[0]!]!];
    const readers = graph.ops.filter((op) => op.inputs.includes(layer.outputs[0]!)).length;
    const bias = integersOf(add.inputs[at]!)!;
    const fits =
      elementCount(bias.shape) === before.shape.at(-1) && bias.shape.at(-1) === before.shape.at(-1);
    if (!fits || readers !== 1 || graph.outputs.includes(layer.outputs[0]!)) continue;
    if (before.shape.join() !== after.shape.join()) continue;
    if ((layer.attributes as { activation?: string }).activation !== 'NONE') continue;
    const inputs = [...layer.inputs];
    inputs[rule.bias] = add.inputs[at]!;
    const attributes = { ...layer.attributes, activation: add.attributes.activation };
    const merged = { ...layer, name: add.name, inputs, outputs: add.outputs, attributes } as AnyOp;
    // In the place of ADD, which the bias stands before.
    ops = ops.flatMap((op) => (op === add ? [merged] : op === layer ? [] : [op]));
  }
  return ops === graph.ops ? graph : { ...graph, ops };
}
