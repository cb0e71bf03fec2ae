/** The model that a graph was imported from as a .tflite: itself if it is one. What other formats take is no measure of it. */
import type { Graph } from '../../graph/graph.js';
import type { ModelBytes } from '../../importers/index.js';
import { isTflite } from '../../importers/tflite/import.js';
import { exportTflite } from './export.js';

export function asTflite({ bytes, signature }: ModelBytes, graph: Graph): Uint8Array {
  return isTflite(bytes) && signature === undefined ? bytes : exportTflite(graph);
}
