/** Values of several directions side by side. */
import { one, type RecurrentGraph, type Sequence, shapeOf } from './graph.js';

/** Along the features. */
export function besideEachOther(graph: RecurrentGraph, name: string, parts: readonly Sequence[]): Sequence {
  const [first] = parts as [Sequence];
  if (parts.length === 1) return first;
  const whole = { ...first, features: parts.reduce((n, { features }) => n + features, 0) };
  const tensors = parts.map(({ tensor }) => tensor);
  return { ...whole, tensor: one(graph, 'CONCATENATION', name, tensors, { axis: 2 }, shapeOf(whole)) };
}
