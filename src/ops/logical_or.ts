/** LOGICAL_OR with broadcasting: whether one of the two is true. TFLM: kernels/logical_common.cc. */
import { binary } from './binary.js';
import { sameDType } from './op.js';

// biome-ignore lint/complexity/noBannedTypes: an operator without attributes.
export type LogicalOrAttributes = {};

declare module '../graph/graph.js' {
  interface OpAttributes {
    LOGICAL_OR: LogicalOrAttributes;
  }
}

const { definition, parameters } = binary({
  type: 'LOGICAL_OR',
  supports: sameDType('bool'),
  value: () => (a, b) => (a !== 0 || b !== 0 ? 1 : 0),
});

export { definition as logicalOr, parameters as logicalOrParameters };
