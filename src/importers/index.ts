/** Model bytes → Graph. The format is told from the content; the ending .onnx only makes for better messages. */
import { type Diagnostic, inputError, throwIfErrors } from '../diagnostics.js';
import { checkGraph } from '../graph/check.js';
import type { Graph } from '../graph/graph.js';
import { importKeras, isKeras } from './keras/import.js';
import { importOnnx, isOnnx } from './onnx/import.js';
import type { InputShapes } from './onnx/inputs.js';
import { importTfjs, isTfjs } from './tfjs/import.js';
import { importTflite, isTflite } from './tflite/import.js';

export interface ImportOptions {
  /** Becomes the graph's name, as a C identifier. */
  readonly name: string;
  /** The file as the user named it, for messages. */
  readonly file?: string;
  /** Of an ONNX model: shapes of inputs by name, in place of what the file says. Needed where it leaves dimensions open. */
  readonly shapes?: InputShapes;
  /** Of a .tflite: the signature whose subgraph is the model; by default the main subgraph. */
  readonly signature?: string;
  /** Of a model.json: reads a file of weights by its path relative to it. @throws CrimpError `cannot-read` */
  readonly readBeside?: (path: string) => Uint8Array;
}

/** A model as it is handed over: bytes, and what importing them takes. */
export interface ModelBytes extends ImportOptions {
  readonly bytes: Uint8Array;
}

export interface Inspection {
  /** The model as far as it could be read; operators that crimp does not know are UNSUPPORTED ops. */
  readonly graph: Graph;
  /** Every problem of the file and of the graph (checkGraph's included). Without errors, `graph` is sound. */
  readonly diagnostics: Diagnostic[];
}

/** Looks at a model without judging it. Throws a CrimpError when the bytes are damaged, or of another format. */
export function inspectModel(bytes: Uint8Array, options: ImportOptions): Inspection {
  const importer = importerOf(bytes, options.file);
  if (!importer) throw unknownFormat(bytes, options.file);
  const { graph, diagnostics } = importer(bytes, options);
  const { file } = options;
  const placed = checkGraph(graph).map((d) => (file ? { ...d, where: { file, ...d.where } } : d));
  return { graph, diagnostics: [...diagnostics, ...placed] };
}

function importerOf(bytes: Uint8Array, file: string | undefined) {
  if (isTflite(bytes)) return importTflite;
  if (isTfjs(bytes)) return importTfjs;
  if (isKeras(bytes)) return importKeras;
  const named = bytes.length > 0 && file !== undefined && /\.onnx$/i.test(file);
  return isOnnx(bytes) || named ? importOnnx : undefined;
}

/** The model as a sound graph, or a CrimpError with all of its problems. */
export function importModel(bytes: Uint8Array, options: ImportOptions): Graph {
  const { graph, diagnostics } = inspectModel(bytes, options);
  throwIfErrors(diagnostics);
  return graph;
}

/** Formats that people are likely to try, by their first bytes. */
const others: readonly { readonly starts: readonly (number | string)[]; readonly title: string }[] = [
  { starts: [0x89, 'HDF'], title: 'a damaged HDF5 file' },
  { starts: ['PK'], title: 'a ZIP archive, but no .keras' },
  { starts: [0x93, 'NUMPY'], title: 'a NumPy array (.npy)' },
];

function unknownFormat(bytes: Uint8Array, file: string | undefined) {
  const head = String.fromCharCode(...bytes.subarray(0, 16));
  const guess = others.find(({ starts }) =>
    head.startsWith(starts.map((s) => (typeof s === 'number' ? String.fromCharCode(s) : s)).join('')),
  );
  const found = guess
    ? `this is ${guess.title}`
    : 'this is no .tflite model (no TFL3 at byte 4), no .onnx, no .keras or .h5 of Keras and no model.json of TensorFlow.js';
  const message = bytes.length === 0 ? 'the file is empty' : found;
  return inputError('unknown-format', message, 'Export the model as .tflite or .onnx first.', {
    file,
  });
}
