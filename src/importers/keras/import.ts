/** Models of Keras, 2 and 3 → Graph: `.h5` and `.keras`. Their layers are those of TensorFlow.js, which are Keras'. */
import { type Diagnostic, error, inputError } from '../../diagnostics.js';
import type { Graph } from '../../graph/graph.js';
import { importTopology } from '../tfjs/import.js';
import { isKerasArchive, readArchive } from './archive.js';
import { readH5 } from './h5_model.js';
import { DamagedHdf5, isHdf5 } from './hdf5.js';
import { NoModel } from './model.js';

const damagedHint = 'Save or download the model again.';

/** HDF5, or a ZIP with Keras' members. */
export function isKeras(bytes: Uint8Array): boolean {
  return isHdf5(bytes) || isKerasArchive(bytes);
}

/** @throws CrimpError with all problems, of unsupported layers too */
export function importKeras(
  bytes: Uint8Array,
  { name, file }: { readonly name: string; readonly file?: string },
): { graph: Graph; diagnostics: Diagnostic[] } {
  const diagnostics: Diagnostic[] = [];
  const report = (message: string) =>
    void diagnostics.push(error('malformed-model', message, damagedHint, { file }));
  try {
    const { topology, weights, dialect } = isHdf5(bytes) ? readH5(bytes) : readArchive(bytes, report);
    return importTopology(topology, weights, { name, file }, diagnostics, dialect);
  } catch (thrown) {
    if (thrown instanceof NoModel) throw inputError('unknown-format', thrown.message, thrown.hint, { file });
    if (!(thrown instanceof DamagedHdf5)) throw thrown;
    throw inputError('malformed-model', `the file is damaged: ${thrown.message}`, damagedHint, { file });
  }
}
