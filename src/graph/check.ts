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
  const written = new Set<number>();
  return [
    ...checkTensors(graph),
    ...checkSize(graph),
    ...checkInputs(graph, written),
    ...checkState(graph, written),
    ...checkOperands(graph, written),
    ...checkOutputs(graph, written),
  ];
}

function malformed(message: string, where?: Diagnostic['where']): Diagnostic {
  return error('malformed-graph', message, damaged, where);
}

function atTensor(graph: Graph, index: number): Diagnostic['where'] {
  return { tensor: { index, name: graph.tensors[index]?.name ?? '' } };
}

function exists(graph: Graph, t: number): boolean {
  return Number.isInteger(t) && t >= 0 && t < graph.tensors.length;
}

/** Each tensor by itself; those in use have elements. */
function checkTensors(graph: Graph): Diagnostic[] {
  const problems: Diagnostic[] = [];
  const names = new Set<string>();
  graph.tensors.forEach((tensor, index) => {
    const where = atTensor(graph, index);
    if (names.has(tensor.name)) problems.push(malformed('has the name of an earlier tensor', where));
    names.add(tensor.name);
    problems.push(...tensorProblems(tensor).map((problem) => malformed(problem, where)));
  });
  const used = new Set([...graph.inputs, ...graph.ops.flatMap((op) => [...op.inputs, ...op.outputs])]);
  for (const t of used) {
    const tensor = graph.tensors[t];
    if (tensor && !tensor.data && elementCount(tensor.shape) === 0) {
      problems.push(malformed(`has no elements: shape [${tensor.shape.join(', ')}]`, atTensor(graph, t)));
    }
  }
  return problems;
}

function checkSize(graph: Graph): Diagnostic[] {
  const bytes = graph.tensors.reduce((n, tensor) => n + byteSize(tensor), 0);
  if (bytes <= maxBytes) return [];
  const message = `the tensors of the graph take ${bytes} bytes; at most ${maxBytes} can be`;
  const hint = 'No target has that much memory; if the model is smaller, its file is damaged.';
  return [error('model-too-large', message, hint)];
}

/** That there are inputs and outputs, and what the inputs are. @param written gets the inputs */
function checkInputs(graph: Graph, written: Set<number>): Diagnostic[] {
  const problems: Diagnostic[] = [];
  for (const [what, list] of [
    ['input', graph.inputs],
    ['output', graph.outputs],
  ] as const) {
    if (list.length === 0) problems.push(malformed(`the graph has no ${what}`));
    for (const t of list) {
      if (!exists(graph, t)) {
        problems.push(malformed(`graph ${what} ${t} is not one of ${graph.tensors.length} tensors`));
      }
    }
  }
  for (const t of graph.inputs) {
    if (!exists(graph, t)) continue;
    const where = atTensor(graph, t);
    if (graph.tensors[t]!.data) problems.push(malformed('is a constant and an input of the graph', where));
    if (written.has(t)) problems.push(malformed('is an input of the graph twice', where));
    written.add(t);
  }
  return problems;
}

/** State has a value from the start, which no input and no constant gives it. @param written gets the state */
function checkState(graph: Graph, written: Set<number>): Diagnostic[] {
  return graph.tensors.flatMap((tensor, t) => {
    if (!tensor.initial) return [];
    const where = atTensor(graph, t);
    const problems: Diagnostic[] = [];
    if (tensor.data) problems.push(malformed('is a constant and keeps state', where));
    if (graph.inputs.includes(t)) problems.push(malformed('is an input of the graph and keeps state', where));
    if (tensor.initial.length !== elementCount(tensor.shape)) {
      problems.push(
        malformed(
          `starts from ${tensor.initial.length} elements for the shape [${tensor.shape.join(', ')}]`,
          where,
        ),
      );
    }
    written.add(t);
    return problems;
  });
}

/** Names of ops, and that each tensor is written once and before it is read. @param written gets the outputs */
function checkOperands(graph: Graph, written: Set<number>): Diagnostic[] {
  const problems: Diagnostic[] = [];
  const count = graph.tensors.length;
  const opNames = new Set<string>();
  graph.ops.forEach((op, index) => {
    const where = { op: { index, type: typeOf(op), name: op.name } };
    const report = (message: string) => problems.push(malformed(message, where));
    if (opNames.has(op.name)) report('has the name of an earlier op');
    opNames.add(op.name);
    op.inputs.forEach((t, i) => {
      if (t === -1) return;
      const tensor = exists(graph, t) ? graph.tensors[t]! : undefined;
      if (!tensor) report(`input ${i} is tensor ${t} of ${count}`);
      // What an unsupported op reads may be its own state; that it is unsupported is said elsewhere.
      else if (!tensor.data && !written.has(t) && op.type !== 'UNSUPPORTED') {
        report(`input ${i} "${tensor.name}" is read before anything has written it`);
      }
    });
    op.outputs.forEach((t, i) => {
      const tensor = exists(graph, t) ? graph.tensors[t]! : undefined;
      if (!tensor) report(`output ${i} is tensor ${t} of ${count}`);
      else if (tensor.data) report(`output ${i} "${tensor.name}" is a constant`);
      else if (tensor.initial)
        report(`output ${i} "${tensor.name}" is state, which only an operator's own state can be`);
      else if (written.has(t)) report(`output ${i} "${tensor.name}" already has a writer`);
      written.add(t);
    });
  });
  return problems;
}

function checkOutputs(graph: Graph, written: ReadonlySet<number>): Diagnostic[] {
  return graph.outputs
    .filter((t) => exists(graph, t) && !written.has(t) && !graph.tensors[t]!.data)
    .map((t) => malformed('is an output that no op writes', atTensor(graph, t)));
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
