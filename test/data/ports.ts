/** Graphs of nothing but inputs, which are also their outputs: all that data files look at. */
import { CrimpError } from '../../src/diagnostics.js';
import type { DType, Graph, Shape } from '../../src/graph/graph.js';

export interface Port {
  readonly name: string;
  readonly dtype: DType;
  readonly shape: Shape;
  readonly scale?: number;
  readonly zeroPoint?: number;
}

export function ports(...list: readonly Port[]): Graph {
  const tensors = list.map(({ name, dtype, shape, scale, zeroPoint }) => ({
    name,
    dtype,
    shape,
    quantization:
      scale === undefined
        ? undefined
        : { scale: Float32Array.of(scale), zeroPoint: Int32Array.of(zeroPoint ?? 0), axis: 0 },
  }));
  const all = list.map((_, i) => i);
  return { name: 'ports', tensors, ops: [], inputs: all, outputs: all };
}

/** Real values in, and so many classes out. */
export function classifier(shape: Shape, classes: number): Graph {
  const graph = ports({ name: 'in', dtype: 'float32', shape });
  const output = { name: 'out', dtype: 'float32', shape: [1, classes] } as const;
  return { ...graph, tensors: [...graph.tensors, output], outputs: [1] };
}

/** The codes of what is thrown; none when nothing is. */
export function codesOf(act: () => unknown): string[] {
  try {
    act();
  } catch (cause) {
    if (cause instanceof CrimpError) return cause.diagnostics.map((d) => d.code);
    throw cause;
  }
  return [];
}
