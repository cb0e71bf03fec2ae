/** Graph → .tflite, schema version 3: files that TensorFlow Lite's interpreters and tools accept. */
import { createHash } from 'node:crypto';
import { error, throwIfErrors } from '../../diagnostics.js';
import { builtinNames } from '../../formats/tflite/builtins.js';
import { encode, tensorTypeOf } from '../../formats/tflite/data.js';
import { encodeFeeding, feedingName } from '../../formats/tflite/feeding.js';
import {
  type FormattedOpType,
  isFormatted,
  opFormats,
  optionsOf,
  versionOf,
} from '../../formats/tflite/ops.js';
import { releaseOf } from '../../formats/tflite/releases.js';
import { encodeRestarts, restartsName } from '../../formats/tflite/restarts.js';
import { type Draft, optionsUnion } from '../../formats/tflite/schema.js';
import { writeModel } from '../../formats/tflite/writer.js';
import type { AnyOp, Graph, Op, TensorData } from '../../graph/graph.js';
import { definitionOf } from '../../ops/registry.js';
import { intermediateTensors } from './intermediates.js';
import {
  handleTensor,
  initialSubgraph,
  variableOperators,
  variableProblems,
  variablesOf,
} from './variables.js';

export interface ExportOptions {
  readonly description?: string;
}

/** Operator codes up to this one fit the schema's old byte field, which readers before 2020 look at. */
const placeholderForGreaterOpCodes = 127;

const beforePasses = 'Export the graph as it was before it was optimized.';

/** Throws a CrimpError that lists every operator TFLite has no name for. */
export function exportTflite(graph: Graph, { description = 'crimp' }: ExportOptions = {}): Uint8Array {
  throwIfErrors([
    ...variableProblems(graph),
    ...graph.ops.flatMap((op, index) => {
      const where = { op: { index, type: op.type, name: op.name } };
      const problem = (what: string, hint: string) => [
        error('cannot-export', `${what} has no counterpart in .tflite`, hint, where),
      ];
      if (hasSides(op)) return problem('the padding of each side by itself', beforePasses);
      if (isFormatted(op.type)) return [];
      return problem(op.type, definitionOf(op as Op).internal ? beforePasses : 'Replace the layer.');
    }),
  ]);
  const ops = graph.ops as readonly Op<FormattedOpType>[];
  const codes = new Codes();
  const buffers = new Buffers();
  const numbers = {
    code: (type: string) => codes.of(type, 1),
    buffer: (data: TensorData, index: number) =>
      buffers.of(data, () => encode(data, graph.tensors[index]!.dtype)),
  };
  const appended = new Appended(graph);
  const operators = [
    ...variableOperators(graph, numbers),
    ...ops.map((op, i) => ({
      ...operatorOf(op, codes.of(op.type, versionOf(op, graph))),
      ...appended.of(i),
    })),
  ];
  const variables = new Set(variablesOf(graph));
  const tensors = graph.tensors.map(
    (tensor, index): Draft<'Tensor'> =>
      variables.has(index)
        ? handleTensor(tensor.name)
        : {
            name: tensor.name,
            shape: tensor.shape,
            type: tensorTypeOf(tensor.dtype),
            ...(tensor.initial && { is_variable: true }),
            buffer: tensor.data ? buffers.of(tensor.data, () => encode(tensor.data!, tensor.dtype)) : 0,
            ...(tensor.quantization && {
              quantization: {
                scale: tensor.quantization.scale,
                zero_point: tensor.quantization.zeroPoint,
                // Meaningless for one scale, and TFLite wants it within the shape all the same.
                quantized_dimension: tensor.quantization.scale.length > 1 ? tensor.quantization.axis : 0,
              },
            }),
          },
  );
  const initial = initialSubgraph(graph, numbers);
  // VAR_HANDLE and CALL_ONCE are no younger than what reads variables.
  const release = releaseOf(codes.list.filter(isListed));
  const feeding = encodeFeeding(graph);
  const restarts = encodeRestarts(graph);
  const names = (indices: readonly number[]) =>
    indices.map((t) => ({ name: graph.tensors[t]!.name, tensor_index: t }));
  return writeModel({
    version: 3,
    description,
    operator_codes: codes.list.map(({ type, version }) => {
      const builtin_code = builtinNames.indexOf(type);
      return {
        builtin_code,
        deprecated_builtin_code: Math.min(builtin_code, placeholderForGreaterOpCodes),
        version,
      };
    }),
    subgraphs: [
      {
        name: 'main',
        tensors: [...tensors, ...appended.list],
        inputs: graph.inputs,
        outputs: graph.outputs,
        operators,
      },
      ...initial,
    ],
    // A text of 16 bytes, padded by zeros, as TFLite's own converter writes it.
    metadata: [
      {
        name: 'min_runtime_version',
        buffer: buffers.add(new TextEncoder().encode(release.padEnd(16, '\0'))),
      },
      ...(feeding ? [{ name: feedingName, buffer: buffers.add(feeding) }] : []),
      ...(restarts ? [{ name: restartsName, buffer: buffers.add(restarts) }] : []),
    ],
    signature_defs: [
      {
        signature_key: 'serving_default',
        inputs: names(graph.inputs),
        outputs: names(graph.outputs),
        subgraph_index: 0,
      },
    ],
    buffers: buffers.list,
  });
}

/** Padding that crimp's passes have put into a window. */
function hasSides({ attributes }: AnyOp): boolean {
  return typeof (attributes as { readonly padding?: unknown }).padding === 'object';
}

function operatorOf(op: Op<FormattedOpType>, opcode_index: number): Draft<'Operator'> {
  const name = opFormats[op.type].options;
  return {
    opcode_index,
    inputs: op.inputs,
    outputs: op.outputs,
    ...(name && {
      builtin_options_type: optionsUnion[name],
      builtin_options: { name, table: optionsOf(op) },
    }),
  };
}

function isListed(code: Code): code is Code & { readonly type: FormattedOpType } {
  return isFormatted(code.type);
}

interface Code {
  readonly type: string;
  readonly version: number;
}

/** Operator codes, one for each type and version in use. */
class Codes {
  readonly list: Code[] = [];

  of(type: string, version: number): number {
    const known = this.list.findIndex((c) => c.type === type && c.version === version);
    return known >= 0 ? known : this.list.push({ type, version }) - 1;
  }
}

/** Tensors behind those of the graph. */
class Appended {
  readonly list: Draft<'Tensor'>[] = [];
  private readonly intermediates: ReturnType<typeof intermediateTensors>;

  constructor(private readonly graph: Graph) {
    this.intermediates = intermediateTensors(graph);
  }

  /** What an op names of them. */
  of(op: number): Pick<Draft<'Operator'>, 'intermediates'> {
    const tensors = this.intermediates.get(op);
    if (!tensors) return {};
    const first = this.graph.tensors.length + this.list.length;
    this.list.push(...tensors);
    return { intermediates: tensors.map((_, i) => first + i) };
  }
}

/** Buffers, the empty one first; constants of the same bytes share a buffer, as the steps of an unrolled layer do. */
class Buffers {
  readonly list: Draft<'Buffer'>[] = [{}];
  private readonly known = new Map<TensorData, number>();
  private readonly byContent = new Map<string, number>();

  of(data: TensorData, bytes: () => Uint8Array): number {
    const index = this.known.get(data) ?? this.holding(bytes());
    this.known.set(data, index);
    return index;
  }

  private holding(bytes: Uint8Array): number {
    const content = createHash('sha256').update(bytes).digest('hex');
    const index = this.byContent.get(content) ?? this.add(bytes);
    this.byContent.set(content, index);
    return index;
  }

  add(data: Uint8Array): number {
    return this.list.push({ data }) - 1;
  }
}
