/** Why another runtime's result of an operator differs from TFLM's, where that can be shown. */
import type { Graph, Op, TensorData } from '../../graph/graph.js';
import type { Memory } from '../../ops/op.js';

export interface Cause {
  /** What the other runtime does. */
  readonly runtime: string;
  /** What TFLM does, and so crimp. */
  readonly tflm: string;
  /** Both are right; else one of the two is not, and values may be far apart. */
  readonly rounding: boolean;
}

export const causes = {
  'rounds-once-float32': {
    runtime: 'rounds once, in float32 (XNNPACK)',
    tflm: 'rounds twice',
    rounding: true,
  },
  'rounds-once-integer': {
    runtime: 'scales by 21 bits and rounds once (XNNPACK)',
    tflm: 'rounds three times',
    rounding: true,
  },
  'short-multiplier': {
    runtime: 'scales by few bits (XNNPACK)',
    tflm: 'by as many as there are',
    rounding: true,
  },
  nearest: {
    runtime: 'gives the exact result rounded once',
    tflm: 'rounds on the way',
    rounding: true,
  },
  'float32-order': {
    runtime: 'adds float32 in another order',
    tflm: 'in the order of its loops',
    rounding: true,
  },
  wraps: {
    runtime: 'lets what is too large for the type wrap around',
    tflm: 'saturates',
    rounding: false,
  },
  'pads-real-zero': {
    runtime: 'pads with the zero point',
    tflm: 'pads with the integer 0, which is not the real 0',
    rounding: false,
  },
} as const satisfies Readonly<Record<string, Cause>>;

export type CauseName = keyof typeof causes;

/** The op as another runtime computes it from the same inputs; undefined where the cause has nothing to say about it. */
export type Variant = (op: Op, graph: Graph, memory: Memory) => TensorData | undefined;
