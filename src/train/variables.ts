/** Which constants of a graph are trained, and a graph with others in their place. */
import { elementCount, outputTensor } from '../graph/access.js';
import type { Graph, Op, Shape } from '../graph/graph.js';
import { soleWeightsOf } from '../ops/quantization_rules.js';

export interface Variable {
  readonly tensor: number;
  readonly name: string;
  readonly shape: Shape;
  /** Scales and offsets are what batch normalization has become: MUL and ADD by one value a channel. */
  readonly role: 'weights' | 'bias' | 'scale' | 'offset';
}

/**
 * Weights and biases that an output depends on, and constants of MUL and ADD behind weights. Constants before the first
 * weights are the normalization of the input and stay.
 */
export function variablesOf(graph: Graph): Variable[] {
  const used = ancestors(graph);
  const learned = new Set<number>();
  const variables = new Map<number, Variable>();
  const add = (tensor: number | undefined, role: Variable['role']) => {
    const { name, shape, dtype, data } = graph.tensors[tensor ?? -1] ?? {};
    if (tensor === undefined || !data || dtype !== 'float32' || variables.has(tensor)) return;
    variables.set(tensor, { tensor, name: name!, shape: shape!, role });
  };
  for (const op of graph.ops) {
    const output = op.outputs[0]!;
    if (!used.has(output)) continue;
    const rule = soleWeightsOf(op);
    if (rule) {
      add(op.inputs[rule.weights], 'weights');
      add(op.inputs[rule.bias!], 'bias');
      learned.add(output);
      continue;
    }
    if (!op.inputs.some((t) => learned.has(t))) continue;
    learned.add(output);
    if (op.type !== 'MUL' && op.type !== 'ADD') continue;
    const channels = outputTensor(graph, op as Op).shape.at(-1) ?? 1;
    for (const t of op.inputs) {
      if (elementCount(graph.tensors[t]!.shape) === channels) add(t, op.type === 'MUL' ? 'scale' : 'offset');
    }
  }
  return [...variables.values()];
}

/** Tensors that some output of the graph is computed from. */
function ancestors(graph: Graph): Set<number> {
  const used = new Set(graph.outputs);
  for (const op of [...graph.ops].reverse()) {
    if (op.outputs.some((t) => used.has(t))) for (const t of op.inputs) used.add(t);
  }
  return used;
}

/** @param values by tensor index, in the tensors' own shapes */
export function withConstants(graph: Graph, values: ReadonlyMap<number, Float32Array>): Graph {
  const tensors = graph.tensors.map((tensor, i) => {
    const data = values.get(i);
    return data ? { ...tensor, data } : tensor;
  });
  return { ...graph, tensors };
}
