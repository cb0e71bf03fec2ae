/**
 * Operands that have to be constants, such as the dimensions of a FILL, and that the model computes from what is known: from
 * the shape of a tensor, as exporters write it. They become constants, so that the graph can be checked; whatever else is
 * constant is left to the pipeline.
 */
import { checkGraph } from '../graph/check.js';
import type { Graph, Tensor } from '../graph/graph.js';
import { constantOps, opsBehind, withValues } from './constant_ops.js';

/**
 * @param graph as a file has it, not yet known to be sound
 * @param open tensors whose shape is not known yet
 */
export function foldOperands(graph: Graph, open: ReadonlyMap<number, unknown> = new Map()): Graph {
  const constant = constantOps(graph, open);
  if (constant.length === 0) return graph;
  const problems = checkGraph(graph);
  if (problems.some((d) => d.code === 'malformed-graph')) return graph;
  const asking = problems.flatMap((d) =>
    d.code === 'not-constant' ? (graph.ops[d.where?.op?.index ?? -1] ?? []) : [],
  );
  const tensors: Tensor[] = [...graph.tensors];
  const folded = new Set(
    constant.filter((op) => {
      const operand = op.outputs.some((t) => asking.some((reader) => reader.inputs.includes(t)));
      // An output of the graph is no constant.
      if (!operand || op.outputs.some((t) => graph.outputs.includes(t))) return false;
      const values = withValues(graph, opsBehind(constant, op.outputs));
      for (const t of values ? op.outputs : []) tensors[t] = values![t]!;
      return values !== undefined;
    }),
  );
  return folded.size === 0 ? graph : { ...graph, tensors, ops: graph.ops.filter((op) => !folded.has(op)) };
}
