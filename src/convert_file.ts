/** A model file of any format that can be read → a .tflite or an .onnx. */
import { inputError } from './diagnostics.js';
import { exportModel, type ModelFormat, modelFormatOf } from './exporters/index.js';
import { type OnnxModel, onnxModelOf } from './exporters/onnx/export.js';
import { replaceFile } from './files.js';
import type { Graph } from './graph/graph.js';
import { importModel } from './importers/index.js';
import type { ModelFile } from './model_file.js';

export interface ConvertedTensor {
  readonly name: string;
  readonly dtype: string;
  /** As the file has it. */
  readonly shape: readonly number[];
}

export interface ConvertedFile {
  readonly output: string;
  readonly format: ModelFormat;
  readonly bytes: number;
  readonly ops: number;
  readonly inputs: readonly ConvertedTensor[];
  readonly outputs: readonly ConvertedTensor[];
  /** Of an .onnx: inputs and outputs beside those, through which state is handed on, and the one value that all of it starts from. */
  readonly states: readonly {
    readonly input: ConvertedTensor;
    readonly output: ConvertedTensor;
    /** Null where it starts from several values. */
    readonly initial: number | null;
  }[];
}

/** Writes the model, whole or not at all. @throws CrimpError as importModel; `bad-usage`, `cannot-export`, `cannot-write` */
export function convertFile(model: ModelFile, output: string): ConvertedFile {
  if (!/\.(tflite|onnx)$/i.test(output)) {
    const message = `nothing says what to make of ${JSON.stringify(output)}`;
    throw inputError('bad-usage', message, 'Give the output the ending .tflite or .onnx.');
  }
  const graph = importModel(model.bytes, model);
  const format = modelFormatOf(output);
  const { bytes, inputs, outputs, states } = format === 'onnx' ? onnxModelOf(graph) : asTflite(graph);
  replaceFile(output, bytes);
  return {
    ...{ output, format, bytes: bytes.length, ops: graph.ops.length, inputs, outputs },
    states: states.map(({ input, output: next, initial }) => {
      const same = initial.every((value: number | bigint) => value === initial[0]);
      return { input, output: next, initial: same ? Number(initial[0]) : null };
    }),
  };
}

function asTflite(graph: Graph): OnnxModel {
  const infos = (list: readonly number[]) =>
    list.map((t) => {
      const { name, dtype, shape } = graph.tensors[t]!;
      return { name, dtype, shape };
    });
  return {
    bytes: exportModel(graph, 'tflite'),
    inputs: infos(graph.inputs),
    outputs: infos(graph.outputs),
    states: [],
  };
}
