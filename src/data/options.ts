/** How a file of samples is to be read. */
import type { Diagnostic } from '../diagnostics.js';
import type { NormalizeRule } from './normalize.js';

export interface ReadOptions {
  /** Of a .csv: the label's column, by name or by index from 0 (−1 is the last). */
  readonly labelColumn?: string;
  /** Instead of the normalization that the model records. */
  readonly normalize?: NormalizeRule;
  /** Gets what is worth knowing and no error: files that were skipped, numbers that classes have got. */
  readonly onNote?: (note: Diagnostic) => void;
}
