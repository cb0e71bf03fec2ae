/** LOGICAL_AND with broadcasting: whether both are true. TFLM: kernels/logical_common.cc. */
import { binary } from './binary.js';
import { sameDType } from './op.js';

// biome-ignore lint/complexity/noBannedTypes: an operator without attributes.
export type LogicalAndAttributes = {};

declare module '../graph/graph.js' {
  interface OpAttributes {
    LOGICAL_AND: LogicalAndAttributes;
  }
}

const { definition, parameters } = binary({
  type: 'LOGICAL_AND',
  supports: sameDType('bool'),
  value: () => (a, b) => (a !== 0 && b !== 0 ? 1 : 0),
});

export { definition as logicalAnd, parameters as logicalAndParameters };
