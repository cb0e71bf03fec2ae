/**
 * Operators that stay in float within an integer graph, because TFLM has no integer kernel for them. `bridgeIslands` puts
 * a RESHAPE to the same shape wherever values enter or leave an island; in the integer graph it becomes a DEQUANTIZE or a QUANTIZE.
 */
import { type Diagnostic, warning } from '../../diagnostics.js';
import { isState, writtenBy } from '../../graph/access.js';
import type { AnyOp, Graph, Op, Tensor } from '../../graph/graph.js';
import { uniqueNames } from '../../graph/names.js';
import { type ActivationType, quantizationRules, weightsRulesOf } from '../../ops/quantization_rules.js';
import { definitionOf } from '../../ops/registry.js';

export interface Islands {
  readonly ops: ReadonlySet<AnyOp>;
  /** Non-constant float tensors that they read or write, their state included. */
  readonly tensors: ReadonlySet<number>;
}

function isFloat(graph: Graph, t: number): boolean {
  return graph.tensors[t]?.dtype === 'float32';
}

/** What is computed of samples in float: no constant, no state. */
function isFlowing(graph: Graph, t: number): boolean {
  return isFloat(graph, t) && !graph.tensors[t]!.data && !isState(graph.tensors[t]!);
}

/** Reads or writes float32; anything else computes the same in an integer graph. */
export function touchesFloat(graph: Graph, op: AnyOp): boolean {
  return [...op.inputs, ...op.outputs].some((t) => isFloat(graph, t));
}

/** Of a float op: TFLM has a kernel for it with these activations, and what it takes as weights is constant. */
export function hasIntegerForm(graph: Graph, op: AnyOp, dtype: ActivationType): boolean {
  const rule = quantizationRules[op.type];
  if (!rule) return false;
  const written = graph.tensors[writtenBy(op)[0]!]!.dtype;
  const output = written === 'float32' ? dtype : written;
  // Where no rule speaks of weights, the second operand is quantized as an activation.
  const kernel = definitionOf(op as Op).supports.some(
    (c) => c.input === dtype && c.output === output && (rule.weights || (c.weights ?? dtype) === dtype),
  );
  const constant = (i: number | undefined) => {
    const t = i === undefined ? -1 : (op.inputs[i] ?? -1);
    return t < 0 || graph.tensors[t]!.data !== undefined;
  };
  return kernel && weightsRulesOf(op).every(({ weights, bias }) => constant(weights) && constant(bias));
}

/** An op without weights between such ops stays in float with them. */
export function islandsOf(graph: Graph, dtype: ActivationType): Islands {
  const ops = new Set(graph.ops.filter((op) => touchesFloat(graph, op) && !hasIntegerForm(graph, op, dtype)));
  const writers = new Map(graph.ops.flatMap((op) => op.outputs.map((t) => [t, op] as const)));
  const flowing = (list: readonly number[]) => list.filter((t) => isFlowing(graph, t));
  const within = (op: AnyOp) => {
    const [read, written] = [flowing(op.inputs), flowing(op.outputs)];
    const readers = graph.ops.filter((o) => o.inputs.some((t) => written.includes(t)));
    const inner = [...read.map((t) => writers.get(t)), ...readers].every((o) => o && ops.has(o));
    return inner && read.length > 0 && readers.length > 0 && !written.some((t) => graph.outputs.includes(t));
  };
  const candidates = ops.size === 0 ? [] : graph.ops.filter((op) => weightsRulesOf(op).length === 0);
  for (let grown = -1; grown < ops.size; ) {
    grown = ops.size;
    for (const op of candidates) if (!ops.has(op) && within(op)) ops.add(op);
  }
  const touched = [...ops].flatMap((op) => [...op.inputs, ...op.outputs]);
  const tensors = new Set(touched.filter((t) => isFloat(graph, t) && !graph.tensors[t]!.data));
  return { ops, tensors };
}

export function islandWarnings(graph: Graph, dtype: ActivationType): Diagnostic[] {
  return graph.ops.flatMap((op, index) => {
    if (!touchesFloat(graph, op) || hasIntegerForm(graph, op, dtype)) return [];
    const message = `has no usable ${dtype} kernel in TensorFlow Lite Micro and stays in float`;
    const hint =
      'A function of single int8 values is compiled to a table; all else costs float arithmetic and conversions: replace the layer where that is too slow.';
    return [warning('kept-in-float', message, hint, { op: { index, type: op.type, name: op.name } })];
  });
}

/** Where values enter or leave an island. @param islands of the graph as `bridgeIslands` has left it */
export function isBridge(graph: Graph, op: AnyOp, { tensors }: Islands): boolean {
  return keepsShape(graph, op) && tensors.has(op.inputs[0]!) !== tensors.has(op.outputs[0]!);
}

function keepsShape({ tensors }: Graph, op: AnyOp): boolean {
  const shape = (t: number) => tensors[t]!.shape.join();
  return op.type === 'RESHAPE' && shape(op.inputs[0]!) === shape(op.outputs[0]!);
}

/** Same values. What is bridged already stays as it is. */
export function bridgeIslands(graph: Graph, dtype: ActivationType): Graph {
  const { ops: kept } = islandsOf(graph, dtype);
  if (kept.size === 0) return graph;
  const tensors = [...graph.tensors];
  const ops: AnyOp[] = [];
  const unique = uniqueNames();
  for (const { name } of graph.ops) unique(name);
  const writers = new Map(graph.ops.flatMap((op) => op.outputs.map((t) => [t, op] as const)));
  const writtenInFloat = (t: number) => kept.has(writers.get(t)!);
  const shared = new Set(graph.ops.filter((op) => !kept.has(op)).flatMap((op) => op.inputs));
  // Somebody's own, or of an earlier call.
  const bridged = (t: number) => {
    const writer = writers.get(t);
    return writer && keepsShape(graph, writer) && !shared.has(t) && !graph.outputs.includes(t);
  };

  const copies = new Map<number, number>();
  const once = (t: number, make: (tensor: Tensor) => number) => {
    if (!copies.has(t)) copies.set(t, make(tensors[t]!));
    return copies.get(t)!;
  };
  const inFloatName = (tensor: Tensor): Tensor => ({ ...tensor, name: `${tensor.name}_float32` });
  const link = (from: number, to: number, what: string) => {
    const name = unique(`${tensors[to]!.name}_${what}`);
    ops.push({ type: 'RESHAPE', name, inputs: [from], outputs: [to], attributes: {} });
    return to;
  };
  const forFloat = (t: number): number => {
    if (!isFloat(graph, t) || isState(tensors[t]!) || writtenInFloat(t) || bridged(t)) return t;
    if (tensors[t]!.data && !shared.has(t)) return t;
    return once(t, (tensor) => {
      const copy = tensors.push(inFloatName(tensor)) - 1;
      return tensor.data ? copy : link(t, copy, 'dequantize');
    });
  };
  const forIntegers = (t: number): number => {
    if (!isFloat(graph, t) || !writtenInFloat(t)) return t;
    return once(t, (tensor) => {
      tensors[t] = inFloatName(tensor);
      return link(t, tensors.push(tensor) - 1, 'quantize');
    });
  };

  for (const op of graph.ops) {
    const through = kept.has(op) ? forFloat : keepsShape(graph, op) ? (t: number) => t : forIntegers;
    const inputs = op.inputs.map((t) => (t < 0 ? t : through(t)));
    ops.push({ ...op, inputs } as AnyOp);
  }
  return { ...graph, tensors, ops, outputs: graph.outputs.map(forIntegers) };
}
