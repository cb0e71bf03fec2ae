/** MAXIMUM with broadcasting: the larger of two values as they stand, whatever their scales. TFLM: kernels/maximum_minimum.h. */
import { binary } from './binary.js';
import { sameDType } from './op.js';

// biome-ignore lint/complexity/noBannedTypes: an operator without attributes.
export type MaximumAttributes = {};

declare module '../graph/graph.js' {
  interface OpAttributes {
    MAXIMUM: MaximumAttributes;
  }
}

const { definition, parameters } = binary({
  type: 'MAXIMUM',
  supports: sameDType('int8', 'int16', 'int32', 'int64', 'float32'),
  // Where they are equal, or one is no number, it is b.
  value: () => (a, b) => (a > b ? a : b),
});

export { definition as maximum, parameters as maximumParameters };
