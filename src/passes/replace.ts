/** A tensor in another's place, where both hold the same values. */
import { isConstant, isState } from '../graph/access.js';
import type { AnyOp, Graph, Tensor } from '../graph/graph.js';

/**
 * The graph without `op`, whose only output holds what its tensor `source` holds. Readers of the output read `source`; an
 * output of the graph stays one under its own index and name, written by who wrote `source`. Undefined where that cannot be:
 * an input, a constant, state or another output of the graph would have to be the output.
 */
export function bypass(graph: Graph, op: AnyOp, source: number): Graph | undefined {
  const output = op.outputs[0]!;
  const ops = graph.ops.filter((o) => o !== op);
  if (!graph.outputs.includes(output)) {
    // State may be written between the op and its readers.
    if (isState(graph.tensors[source]!)) return undefined;
    return { ...graph, ops: ops.map((o) => reading(o, source, output)) };
  }
  const tensor = graph.tensors[source]!;
  const fixed = isConstant(tensor) || isState(tensor);
  if (fixed || graph.inputs.includes(source) || graph.outputs.includes(source)) return undefined;
  if (!sameKind(tensor, graph.tensors[output]!)) return undefined;
  return {
    ...graph,
    ops: ops.map((o) => {
      const writer = o.outputs.includes(source);
      return writer
        ? ({ ...o, outputs: o.outputs.map((t) => (t === source ? output : t)) } as AnyOp)
        : reading(o, output, source);
    }),
  };
}

/** The op, reading `to` wherever it read `from`; itself where it did not. */
export function reading(op: AnyOp, to: number, from: number): AnyOp {
  if (!op.inputs.includes(from)) return op;
  return { ...op, inputs: op.inputs.map((t) => (t === from ? to : t)) } as AnyOp;
}

/** Dtype, shape and quantization are the same, so that any op may take one for the other. */
export function sameKind(a: Tensor, b: Tensor): boolean {
  return a.dtype === b.dtype && a.shape.join() === b.shape.join() && sameQuantization(a, b);
}

export function sameQuantization({ quantization: a }: Tensor, { quantization: b }: Tensor): boolean {
  if (!a || !b) return a === b;
  const same = (x: ArrayLike<number>, y: ArrayLike<number>) =>
    x.length === y.length && Array.from(x).every((v, i) => v === y[i]);
  return (
    same(a.scale, b.scale) && same(a.zeroPoint, b.zeroPoint) && (a.scale.length === 1 || a.axis === b.axis)
  );
}
