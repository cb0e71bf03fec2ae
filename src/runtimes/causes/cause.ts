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
  /** As XNNPACK does, bit for bit. */
  readonly xnnpack: boolean;
}

export const causes = {
  'rounds-once-float32': {
    runtime: 'rounds once, in float32',
    tflm: 'rounds twice',
    rounding: true,
    xnnpack: true,
  },
  'rounds-once-integer': {
    runtime: 'scales by 21 bits and rounds once',
    tflm: 'rounds three times',
    rounding: true,
    xnnpack: true,
  },
  'short-multiplier': {
    runtime: 'scales by few bits',
    tflm: 'by as many as there are',
    rounding: true,
    xnnpack: true,
  },
  'halves-to-even': {
    runtime: 'rounds halves to even',
    tflm: 'away from 0',
    rounding: true,
    xnnpack: false,
  },
  nearest: {
    runtime: 'gives the exact result rounded once',
    tflm: 'rounds on the way',
    rounding: true,
    xnnpack: false,
  },
  'float32-order': {
    runtime: 'adds float32 in another order',
    tflm: 'in the order of its loops',
    rounding: true,
    xnnpack: false,
  },
  wraps: {
    runtime: 'lets what is too large for the type wrap around',
    tflm: 'saturates',
    rounding: false,
    xnnpack: false,
  },
  'pads-real-zero': {
    runtime: 'pads with the zero point',
    tflm: 'pads with the integer 0, which is not the real 0',
    rounding: false,
    xnnpack: false,
  },
} as const satisfies Readonly<Record<string, Cause>>;

export type CauseName = keyof typeof causes;

/** The op as another runtime computes it from the same inputs; undefined where the cause has nothing to say about it. */
export type Variant = (op: Op, graph: Graph, memory: Memory) => TensorData | undefined;
