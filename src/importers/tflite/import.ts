/** .tflite bytes → Graph: the main subgraph, or a signature's, everything that can be said of it, and every problem. */
import { CrimpError, type Diagnostic, error, inputError } from '../../diagnostics.js';
import { builtinName } from '../../formats/tflite/builtins.js';
import { decodeFeeding, type Feeding, feedingName } from '../../formats/tflite/feeding.js';
import { attributesOf, isFormatted, opFormats } from '../../formats/tflite/ops.js';
import { emptyRow, type Malformed, readModel } from '../../formats/tflite/reader.js';
import { decodeRestarts, restartsName, withRestarts } from '../../formats/tflite/restarts.js';
import type { OptionsRow, Row } from '../../formats/tflite/schema.js';
import type { AnyOp, Graph, Tensor } from '../../graph/graph.js';
import { identifierOf, uniqueNames } from '../../graph/names.js';
import { foldOperands } from '../../passes/fold_operands.js';
import { dequantizeHybrid, withoutHalves } from './hybrid.js';
import { type OpenShapes, openProblems, settleShapes } from './shapes.js';
import { chooseSignature, reportOthers } from './signature.js';
import { type ImportedTensors, importTensors } from './tensors.js';
import { importVariables, type Variables } from './variables.js';

const damaged = 'The file is damaged or cut off: export or download it again.';

/** FlatBuffers' file identifier, at byte 4. */
export function isTflite(bytes: Uint8Array): boolean {
  return bytes.length >= 8 && String.fromCharCode(...bytes.subarray(4, 8)) === 'TFL3';
}

export function importTflite(
  bytes: Uint8Array,
  options: { readonly name: string; readonly file?: string; readonly signature?: string },
): { graph: Graph; diagnostics: Diagnostic[] } {
  const { file } = options;
  const diagnostics: Diagnostic[] = [];
  const report = (d: Diagnostic) => void diagnostics.push(d);
  const { model, malformed } = readModel(bytes);
  // What is left of a damaged file says nothing of the model that it was.
  if (malformed.length > 0) throw new CrimpError(malformedDiagnostics(malformed, file));
  if (!model?.subgraphs?.[0])
    throw inputError('malformed-model', 'the file has no subgraph', damaged, { file });
  const chosen = chooseSignature(model, options.signature, file, report);
  const subgraph = model.subgraphs[chosen]!;
  if (model.version !== 3) {
    report(
      error('malformed-model', `the schema version is ${model.version}; version 3 is read`, damaged, {
        file,
      }),
    );
  }
  const imported = importTensors(model, subgraph, bytes, file, report);
  leaveOutIntermediates(subgraph, imported);
  const variables = importVariables(model, subgraph, imported, (index) =>
    importTensors(model, model.subgraphs![index]!, bytes, file, () => {}),
  );
  reportOthers(model, new Set([chosen, ...variables.subgraphs]), file, report);
  const read: Graph = {
    name: identifierOf(options.name),
    tensors: imported.tensors,
    ops: withRestarts(
      importOps(model, subgraph, imported, variables),
      importRestarts(model, file, report) ?? new Set(),
    ),
    inputs: subgraph.inputs ?? [],
    outputs: subgraph.outputs ?? [],
    ...importFeeding(model, subgraph, file, report),
  };
  const graph = settle(dequantizeHybrid(withoutHalves(read), file, report), imported.open);
  for (const problem of openProblems(graph, imported.open, file)) report(problem);
  reportUnused(graph, imported, file, report);
  return { graph, diagnostics };
}

/** Operands that are computed from shapes may decide other shapes. */
function settle(graph: Graph, open: OpenShapes): Graph {
  const before = open.size;
  const settled = foldOperands(settleShapes(graph, open), open);
  return open.size < before ? settle(settled, open) : settled;
}

/** Tensors at the end that are named as intermediates of an op and nowhere else: they hold nothing. */
function leaveOutIntermediates(
  { operators = [], inputs = [], outputs = [] }: Row<'SubGraph'>,
  imported: ImportedTensors,
) {
  const intermediates = new Set(operators.flatMap((row) => row.intermediates ?? []));
  const used = new Set([
    ...inputs,
    ...outputs,
    ...operators.flatMap((row) => [...(row.inputs ?? []), ...(row.outputs ?? [])]),
  ]);
  for (let last = imported.tensors.length - 1; intermediates.has(last) && !used.has(last); last--) {
    imported.tensors.pop();
    imported.broken.delete(last);
    imported.open.delete(last);
  }
}

/** Nothing where the file has none of crimp's. */
function importFeeding(
  model: Row<'Model'>,
  subgraph: Row<'SubGraph'>,
  file: string | undefined,
  report: (d: Diagnostic) => void,
): Feeding {
  const entry = model.metadata?.find(({ name }) => name === feedingName);
  if (!entry) return {};
  const channels = (subgraph.inputs ?? []).map((t) => subgraph.tensors?.[t]?.shape?.at(-1) ?? 1);
  const feeding = decodeFeeding(model.buffers?.[entry.buffer]?.data ?? new Uint8Array(0), channels);
  if (feeding) return feeding;
  report(error('malformed-model', `its metadata ${feedingName} cannot be read`, damaged, { file }));
  return {};
}

function importRestarts(model: Row<'Model'>, file: string | undefined, report: (d: Diagnostic) => void) {
  const entry = model.metadata?.find(({ name }) => name === restartsName);
  if (!entry) return undefined;
  const states = decodeRestarts(model.buffers?.[entry.buffer]?.data ?? new Uint8Array(0));
  if (!states)
    report(error('malformed-model', `its metadata ${restartsName} cannot be read`, damaged, { file }));
  return states;
}

function importOps(
  model: Row<'Model'>,
  subgraph: Row<'SubGraph'>,
  imported: ImportedTensors,
  { handles, resolved, refused }: Variables,
): AnyOp[] {
  const unique = uniqueNames();
  return (subgraph.operators ?? []).flatMap((row, index) => {
    if (resolved.has(index)) return [];
    const inputs = (row.inputs ?? []).map((t) => handles.get(t) ?? t);
    const outputs = row.outputs ?? [];
    const name = unique(nameOf(outputs, inputs, imported.tensors) ?? `op_${index}`);
    const kind = kindOf(row, model.operator_codes ?? []);
    const touched = [...inputs, ...outputs].find((t) => imported.broken.has(t));
    const reason =
      touched === undefined
        ? refused.get(index)
        : `${kind.builtin}: tensor ${touched} "${imported.tensors[touched]!.name}" ${imported.broken.get(touched)}`;
    const meaning = reason === undefined ? kind.meaning(row) : { reason };
    return 'attributes' in meaning
      ? ({ type: kind.builtin, name, inputs, outputs, attributes: meaning.attributes } as AnyOp)
      : {
          type: 'UNSUPPORTED',
          name,
          inputs,
          outputs,
          attributes: { builtin: kind.builtin, version: kind.version, ...meaning },
        };
  });
}

/** An op is called as what it writes: its output, or else state. */
function nameOf(outputs: readonly number[], inputs: readonly number[], tensors: readonly Tensor[]) {
  const output = tensors[outputs[0] ?? -1];
  if (output) return output.name;
  const state = tensors[inputs[0] ?? -1];
  return state?.initial && `${state.name}_assigned`;
}

interface Kind {
  readonly builtin: string;
  readonly version: number;
  meaning(row: Row<'Operator'>): { attributes: object } | { reason?: string };
}

function kindOf(row: Row<'Operator'>, codes: readonly Row<'OperatorCode'>[]): Kind {
  const code = codes[row.opcode_index];
  if (!code) {
    const reason = `names operator code ${row.opcode_index} of ${codes.length}`;
    return { builtin: 'UNKNOWN', version: 0, meaning: () => ({ reason }) };
  }
  // Codes up to 127 stand in the old byte field too; newer ones only in the other.
  const name = builtinName(Math.max(code.deprecated_builtin_code, code.builtin_code));
  if (name === 'CUSTOM') {
    return { builtin: `CUSTOM:${code.custom_code ?? ''}`, version: code.version, meaning: () => ({}) };
  }
  if (!isFormatted(name)) return { builtin: name, version: code.version, meaning: () => ({}) };
  const expected = opFormats[name].options;
  return {
    builtin: name,
    version: code.version,
    meaning: ({ builtin_options, builtin_options_type }) => {
      if (!expected) return attributesOf(name, {});
      if (builtin_options?.name === expected && builtin_options.table)
        return attributesOf(name, builtin_options.table);
      // Writers leave out a table whose fields all have their defaults.
      if (builtin_options_type === 0) return attributesOf(name, emptyRow(expected) as OptionsRow);
      return { reason: `${name} has no readable ${expected} (options type ${builtin_options_type})` };
    },
  };
}

/** Broken tensors that no op mentions, so that none of them goes unsaid. */
function reportUnused(
  graph: Graph,
  { tensors, broken }: ImportedTensors,
  file: string | undefined,
  report: (d: Diagnostic) => void,
) {
  const mentioned = new Set(graph.ops.flatMap((op) => [...op.inputs, ...op.outputs]));
  const used = [...graph.inputs, ...graph.outputs];
  for (const [index, reason] of broken) {
    if (mentioned.has(index) || !used.includes(index)) continue;
    const { name } = tensors[index] as Tensor;
    report(
      error('unsupported-tensor', reason, 'Convert the model to float32 or int8.', {
        file,
        tensor: { index, name },
      }),
    );
  }
}

/** One diagnostic for all that lies beyond the end: a file that is cut off has one problem, not a hundred. */
function malformedDiagnostics(malformed: readonly Malformed[], file: string | undefined): Diagnostic[] {
  const beyond = malformed.filter((m) => m.beyond);
  const told = malformed.filter((m) => !m.beyond || m === beyond[0]);
  return told.map((m) => {
    const more =
      m === beyond[0] && beyond.length > 1 ? `; in all ${beyond.length} references lead beyond its end` : '';
    return error('malformed-model', m.message + more, damaged, { file, offset: m.offset });
  });
}
