/** Data in and out: .npz, .npy, .csv, .bin, MNIST's idx files, folders of images. */
export { type Dataset, loadDataset, type Prepared, prepareDataset, readDataset } from './dataset.js';
export type { FileArray } from './file_array.js';
export { formatOfPath } from './format.js';
export type { DataSource } from './load.js';
export { type NormalizeRule, parseNormalizeRule } from './normalize.js';
export { formatNpz } from './npz.js';
export type { ReadOptions } from './options.js';
export { outputArrays, writeOutputs } from './outputs.js';
export { type DataOptions, loadSamples, readSamples, type Samples } from './samples.js';
