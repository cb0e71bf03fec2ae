/** Data files in and out: .npz, .npy, .bin. */
export { type Dataset, readDataset } from './dataset.js';
export type { FileArray } from './file_array.js';
export { type DataSource, formatOfPath } from './load.js';
export { formatNpz } from './npz.js';
export { outputArrays, writeOutputs } from './outputs.js';
export { type DataOptions, readSamples, type Samples } from './samples.js';
