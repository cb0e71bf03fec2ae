/** Graph → bytes of a model file, in the format that the file's ending asks for. */
import type { Graph } from '../graph/graph.js';
import type { ModelBytes } from '../importers/index.js';
import { isOnnx } from '../importers/onnx/import.js';
import { exportOnnx } from './onnx/export.js';
import { asTflite } from './tflite/as_tflite.js';
import { withBiases } from './tflite/biases.js';
import { exportTflite } from './tflite/export.js';

export type ModelFormat = 'tflite' | 'onnx';

/** `.onnx` is ONNX, whatever else .tflite. */
export function modelFormatOf(file: string): ModelFormat {
  return /\.onnx$/i.test(file) ? 'onnx' : 'tflite';
}

/** For any program to run. @throws CrimpError `cannot-export` */
export function exportModel(graph: Graph, format: ModelFormat): Uint8Array {
  return format === 'onnx' ? exportOnnx(graph) : exportTflite(withBiases(graph));
}

/** The model that a graph was imported from in that format: itself if it has it. Sizes of other formats are no measure of it. */
export function asModelFormat(model: ModelBytes, graph: Graph, format: ModelFormat): Uint8Array {
  if (format === 'tflite') return asTflite(model, graph);
  return isOnnx(model.bytes) ? model.bytes : exportOnnx(graph);
}
