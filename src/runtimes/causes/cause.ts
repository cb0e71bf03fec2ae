/** Why another runtime's result of an operator differs from TFLM's, where that can be shown. */
import type { Graph, Op, TensorData } from '../../graph/graph.js';
import type { Memory } from '../../ops/op.js';

export type CauseName =
  | 'rounds-once-float32'
  | 'rounds-once-integer'
  | 'short-multiplier'
  | 'nearest'
  | 'float32-order';

/** As a person reads them behind a layer: what the other runtime does, and what TFLM does. */
export const causeTitles: Readonly<Record<CauseName, string>> = {
  'rounds-once-float32': 'rounds once, scaled in float32 (XNNPACK); TFLM rounds twice',
  'rounds-once-integer': 'scales in 21 bits and rounds once (XNNPACK); TFLM rounds three times',
  'short-multiplier': 'scales by a 16-bit multiplier (XNNPACK); TFLM by 32 bits',
  nearest: 'rounds the exact result once; TFLM rounds intermediate ones',
  'float32-order': 'adds float32 in another order',
};

/** The op as another runtime computes it from the same inputs; undefined where the cause has nothing to say about it. */
export type Variant = (op: Op, graph: Graph, memory: Memory) => TensorData | undefined;
