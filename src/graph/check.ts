/**
 * Is a graph sound? First its structure (indices, order, names, sizes), then each op's own check, then declared
 * shapes against inferred ones. Reports every problem and never throws, whatever the graph.
 */
import { type Diagnostic, error } from '../diagnostics.js';
import { definitionOf } from '../ops/registry.js';
import { byteSize, elementCount } from './access.js';
import type { AnyOp, Graph, Op, Shape, Tensor } from './graph.js';

/** All tensors together; far beyond any microcontroller, and what a simulation can still hold. */
const maxBytes = 2 ** 30;

const damaged = 'The model is damaged or its writer is at fault: export it again.';

export function checkGraph(graph: Graph): Diagnostic[] {
  const structure = checkStructure(graph);
  const badOps = new Set(structure.flatMap((d) => d.where?.op?.index ?? []));
  const badTensors = new Set(structure.flatMap((d) => d.where?.tensor?.index ?? []));
  const sound = (op: AnyOp, i: number) =>
    !badOps.has(i) && ![...op.inputs, ...op.outputs].some((t) => badTensors.has(t));
  return [...structure, ...graph.ops.flatMap((op, i) => (sound(op, i) ? checkOp(op as Op, i, graph) : []))];
}

function checkOp(op: Op, index: number, graph: Graph): Diagnostic[] {
  const definition = definitionOf(op);
  const where = { op: { index, type: typeOf(op as AnyOp), name: op.name } };
  const problems = definition.check(op, graph).map((p): Diagnostic => ({ severity: 'error', where, ...p }));
  if (problems.length > 0) return problems;
  const inferred = definition.infer(op, graph);
  return inferred.flatMap((shape, i) => {
    const output = graph.tensors[op.outputs[i] ?? -1];
    if (!output || sameShape(shape, output.shape)) return [];
    const message = `output ${i} "${output.name}" is declared [${output.shape.join(', ')}], but its inputs give [${shape.join(', ')}]`;
    return [error('shape-mismatch', message, damaged, where)];
  });
}

function checkStructure(graph: Graph): Diagnostic[] {
  const problems: Diagnostic[] = [];
  const at = (index: number) => ({ tensor: { index, name: graph.tensors[index]?.name ?? '' } });
  const report = (message: string, where?: Diagnostic['where']) =>
    problems.push(error('malformed-graph', message, damaged, where));
  const known = (t: number) => Number.isInteger(t) && t >= 0 && t < graph.tensors.length;

  const names = new Set<string>();
  graph.tensors.forEach((tensor, index) => {
    if (names.has(tensor.name)) report('has the name of an earlier tensor', at(index));
    names.add(tensor.name);
    for (const problem of tensorProblems(tensor)) report(problem, at(index));
  });

  const used = new Set([...graph.inputs, ...graph.ops.flatMap((op) => [...op.inputs, ...op.outputs])]);
  for (const t of used) {
    const tensor = graph.tensors[t];
    if (tensor && !tensor.data && elementCount(tensor.shape) === 0)
      report(`has no elements: shape [${tensor.shape.join(', ')}]`, at(t));
  }

  const bytes = graph.tensors.reduce((n, tensor) => n + byteSize(tensor), 0);
  if (bytes > maxBytes) {
    const message = `the tensors of the graph take ${bytes} bytes; at most ${maxBytes} can be`;
    problems.push(
      error(
        'model-too-large',
        message,
        'No target has that much memory; if the model is smaller, its file is damaged.',
      ),
    );
  }

  const written = new Set<number>();
  for (const [what, list] of [
    ['input', graph.inputs],
    ['output', graph.outputs],
  ] as const) {
    if (list.length === 0) report(`the graph has no ${what}`);
    for (const t of list)
      if (!known(t)) report(`graph ${what} ${t} is not one of ${graph.tensors.length} tensors`);
  }
  for (const t of graph.inputs) {
    if (!known(t)) continue;
    if (graph.tensors[t]!.data) report('is a constant and an input of the graph', at(t));
    if (written.has(t)) report('is an input of the graph twice', at(t));
    written.add(t);
  }

  const opNames = new Set<string>();
  graph.ops.forEach((op, index) => {
    const where = { op: { index, type: typeOf(op), name: op.name } };
    if (opNames.has(op.name)) report('has the name of an earlier op', where);
    opNames.add(op.name);
    op.inputs.forEach((t, i) => {
      if (t === -1) return;
      if (!known(t)) report(`input ${i} is tensor ${t} of ${graph.tensors.length}`, where);
      // What an unsupported op reads may be its own state; that it is unsupported is said elsewhere.
      else if (!graph.tensors[t]!.data && !written.has(t) && op.type !== 'UNSUPPORTED') {
        report(`input ${i} "${graph.tensors[t]!.name}" is read before anything has written it`, where);
      }
    });
    op.outputs.forEach((t, i) => {
      if (!known(t)) report(`output ${i} is tensor ${t} of ${graph.tensors.length}`, where);
      else if (graph.tensors[t]!.data) report(`output ${i} "${graph.tensors[t]!.name}" is a constant`, where);
      else if (written.has(t)) report(`output ${i} "${graph.tensors[t]!.name}" already has a writer`, where);
      written.add(t);
    });
  });
  for (const t of graph.outputs) {
    if (known(t) && !written.has(t) && !graph.tensors[t]!.data)
      report('is an output that no op writes', at(t));
  }
  return problems;
}

function tensorProblems({ dtype, shape, data, quantization }: Tensor): string[] {
  const problems: string[] = [];
  if (!shape.every((d) => Number.isInteger(d) && d >= 0))
    problems.push(`has the shape [${shape.join(', ')}]`);
  else if (data && data.length !== elementCount(shape)) {
    problems.push(`has ${data.length} elements of data for the shape [${shape.join(', ')}]`);
  }
  if (!quantization) return problems;
  const { scale, zeroPoint, axis } = quantization;
  if (scale.length === 0 || zeroPoint.length !== scale.length) {
    problems.push(`has ${scale.length} scales and ${zeroPoint.length} zero points`);
  }
  if (scale.length > 1 && shape[axis] !== scale.length) {
    problems.push(`has ${scale.length} scales along axis ${axis} of [${shape.join(', ')}]`);
  }
  const integer = dtype !== 'float32' && dtype !== 'bool';
  if (integer && !scale.every((s) => Number.isFinite(s) && s >= 0)) {
    const found = scale.find((s) => !(Number.isFinite(s) && s >= 0))!;
    problems.push(`has a scale that is ${Number.isNaN(found) ? 'not a number' : found}`);
  }
  return problems;
}

/** What the user calls the op's type: an unsupported one by its own name. */
function typeOf(op: AnyOp): string {
  return op.type === 'UNSUPPORTED' ? (op.attributes as { builtin: string }).builtin : op.type;
}

function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((d, i) => d === b[i]);
}
