/**
 * DEQUANTIZE, then ops that only move values, then QUANTIZE: the moving is done on the integers, which are smaller, and the two
 * become neighbors. Each value goes through the same function as before, only later.
 */
import { elementCount, isState } from '../graph/access.js';
import type { AnyOp, Graph, Op, Tensor } from '../graph/graph.js';
import { uniqueNames } from '../graph/names.js';
import type { MovingDefinition } from '../ops/movement.js';
import { dataInput, definitionOf } from '../ops/registry.js';
import { soleConsumerOf } from './uses.js';

export function sinkDequantize(graph: Graph): Graph {
  for (const op of graph.ops) {
    // State may be written before the moving is done.
    if (op.type !== 'DEQUANTIZE' || isState(graph.tensors[op.inputs[0]!]!)) continue;
    const mover = soleConsumerOf(graph, op.outputs[0]!);
    if (mover && leadsToQuantize(graph, op.outputs[0]!)) return sinkDequantize(sink(graph, op, mover));
  }
  return graph;
}

/** Through at least one op that moves. */
function leadsToQuantize(graph: Graph, tensor: number): boolean {
  const first = soleConsumerOf(graph, tensor);
  let [at, next] = [tensor, first];
  while (next && moves(graph, next, at)) {
    at = next.outputs[0]!;
    next = soleConsumerOf(graph, at);
  }
  return next !== first && next?.type === 'QUANTIZE';
}

/** The op copies values of this input to its only output, and adds none. */
function moves(graph: Graph, op: AnyOp, tensor: number): boolean {
  if (op.outputs.length !== 1 || dataInput(op) !== tensor) return false;
  const [from, to] = [tensor, op.outputs[0]!].map((t) => elementCount(graph.tensors[t]!.shape));
  if (op.type === 'RESHAPE') return true;
  const definition = definitionOf(op as Op);
  if (!('movement' in definition) || to! > from!) return false;
  const { moves } = (definition as MovingDefinition<Op['type']>).movement(op as Op, graph);
  return moves.every(({ source }) => 'input' in source && op.inputs[source.input] === tensor);
}

function sink(graph: Graph, dequantize: AnyOp, mover: AnyOp): Graph {
  const [source, real] = [dequantize.inputs[0]!, dequantize.outputs[0]!];
  const moved = graph.tensors[mover.outputs[0]!]!;
  const { dtype, quantization } = graph.tensors[source]!;
  const name = uniqueNames();
  for (const tensor of graph.tensors) name(tensor.name);
  const integers: Tensor = { name: name(`${moved.name}_${dtype}`), dtype, shape: moved.shape, quantization };
  const inputs = mover.inputs.map((t) => (t === real ? source : t));
  const ops = graph.ops.flatMap((op): AnyOp[] => {
    if (op === dequantize) return [];
    if (op !== mover) return [op];
    return [
      { ...mover, inputs, outputs: [graph.tensors.length] } as AnyOp,
      { ...dequantize, inputs: [graph.tensors.length], outputs: mover.outputs } as AnyOp,
    ];
  });
  return { ...graph, tensors: [...graph.tensors, integers], ops };
}
