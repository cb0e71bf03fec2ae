/** MINIMUM with broadcasting: the smaller of two values as they stand, whatever their scales. TFLM: kernels/maximum_minimum.h. */
import { binary } from './binary.js';
import { sameDType } from './op.js';

// biome-ignore lint/complexity/noBannedTypes: an operator without attributes.
export type MinimumAttributes = {};

declare module '../graph/graph.js' {
  interface OpAttributes {
    MINIMUM: MinimumAttributes;
  }
}

const { definition, parameters } = binary({
  type: 'MINIMUM',
  supports: sameDType('int8', 'int16', 'int32', 'int64', 'float32'),
  // Where they are equal, or one is no number, it is b.
  value: () => (a, b) => (a < b ? a : b),
});

export { definition as minimum, parameters as minimumParameters };
