/**
 * Operators that only move values, for training: which element of the inputs each element of the outputs is, found by
 * having the simulator move their numbers. Gradients go back the same way.
 */
import type * as T from '@tensorflow/tfjs';
import { elementCount } from '../graph/access.js';
import type { AnyOp, Graph, Op, TensorData } from '../graph/graph.js';
import { definitionOf } from '../ops/registry.js';
import type { Tf } from './tensorflow.js';

/** Of the shapes that the op had: a graph with fewer channels may hold the same op. */
const known = new WeakMap<AnyOp, { readonly shapes: string; readonly sources: readonly Int32Array[] }>();

/** By output: for each element the number of one of the float32 inputs, which are counted from 1 one after the other; 0 for a 0. */
function sourcesOf(op: AnyOp, graph: Graph): readonly Int32Array[] {
  const shapes = JSON.stringify([...op.inputs, ...op.outputs].map((t) => graph.tensors[t]!.shape));
  const found = known.get(op);
  if (found?.shapes === shapes) return found.sources;
  const memory: TensorData[] = [];
  let next = 1;
  for (const t of op.inputs) {
    const { dtype, shape, data } = graph.tensors[t]!;
    if (dtype !== 'float32') memory[t] = data!;
    else memory[t] ??= Int32Array.from({ length: elementCount(shape) }, () => next++);
  }
  for (const t of op.outputs) memory[t] = new Int32Array(elementCount(graph.tensors[t]!.shape));
  definitionOf(op as Op).simulate(op as Op, graph, memory)();
  const sources = op.outputs.map((t) => memory[t] as Int32Array);
  known.set(op, { shapes, sources });
  return sources;
}

/** @param inputs [samples, elements] of each different float32 input @returns the same of each output */
export function moved(tf: Tf, op: AnyOp, graph: Graph, inputs: readonly T.Tensor2D[]): T.Tensor2D[] {
  const x = inputs.length === 1 ? inputs[0]! : tf.concat2d([...inputs], 1);
  return sourcesOf(op, graph).map((sources) => take(tf, x, sources));
}

function take(tf: Tf, x: T.Tensor2D, sources: Int32Array): T.Tensor2D {
  const [samples, elements] = x.shape;
  const n = sources.length;
  const gather = tf.customGrad((...args) => {
    const values = (args[0] as T.Tensor2D).dataSync();
    const taken = new Float32Array(samples * n);
    for (let s = 0; s < samples; s++) {
      for (let i = 0; i < n; i++) {
        if (sources[i]! > 0) taken[s * n + i] = values[s * elements + sources[i]! - 1]!;
      }
    }
    const gradFunc = (dy: T.Tensor) => {
      const gradient = dy.dataSync();
      const sum = new Float32Array(samples * elements);
      for (let s = 0; s < samples; s++) {
        for (let i = 0; i < n; i++) {
          if (sources[i]! > 0) sum[s * elements + sources[i]! - 1]! += gradient[s * n + i]!;
        }
      }
      return tf.tensor2d(sum, [samples, elements]);
    };
    return { value: tf.tensor2d(taken, [samples, n]), gradFunc };
  });
  return gather(x) as T.Tensor2D;
}
