/** Pairs of layers that are to be alike, named by their ops. */
import { type Diagnostic, error } from '../../diagnostics.js';
import type { Graph, Tensor } from '../../graph/graph.js';
import { nearestName } from '../../graph/names.js';
import { variablesOf } from '../../train/variables.js';
import { type LayerLoss, layerLossFor } from './layer_losses.js';

export interface LayerPair {
  /** Names of ops; their outputs are compared. */
  readonly teacher: string;
  readonly student: string;
  /** Of this pair's loss beside those of the answers and the labels; 1 unless given. */
  readonly weight?: number;
}

/** A pair in its graphs. */
export interface MatchedLayers {
  readonly loss: LayerLoss;
  readonly weight: number;
  /** Tensor indices. */
  readonly teacher: number;
  readonly student: number;
}

/** @param pairs without a problem by `checkLayers` */
export function matchLayers(teacher: Graph, student: Graph, pairs: readonly LayerPair[]): MatchedLayers[] {
  return pairs.map((pair) => {
    const [t, s] = [outputOf(teacher, pair.teacher)!, outputOf(student, pair.student)!];
    const loss = layerLossFor(teacher.tensors[t]!, student.tensors[s]!);
    return { loss, weight: pair.weight ?? 1, teacher: t, student: s };
  });
}

function outputOf(graph: Graph, name: string): number | undefined {
  return graph.ops.find((op) => op.name === name)?.outputs[0];
}

export function checkLayers(
  teacher: Graph,
  student: Graph,
  pairs: readonly LayerPair[],
  batchSize: number,
): Diagnostic[] {
  const learning = dependentOn(
    student,
    variablesOf(student).map(({ tensor }) => tensor),
  );
  const heard = dependentOn(teacher, teacher.inputs);
  return pairs.flatMap((pair): Diagnostic[] => {
    const problem = (message: string, hint: string) => error('distill-layer', message, hint);
    const [t, s] = [outputOf(teacher, pair.teacher), outputOf(student, pair.student)];
    const problems: Diagnostic[] = [];
    if (t === undefined) problems.push(unknown('teacher', teacher, pair.teacher));
    else if (!heard.has(t)) {
      const message = `${pair.teacher} of ${teacher.name}, the teacher, does not depend on the input`;
      problems.push(problem(message, 'Name a layer of the teacher that does.'));
    }
    if (s === undefined) problems.push(unknown('student', student, pair.student));
    else if (!learning.has(s)) {
      const message = `nothing before ${pair.student} of ${student.name}, the student, is trained`;
      problems.push(problem(message, 'Name a layer with weights, or one behind it.'));
    }
    const { weight = 1 } = pair;
    if (!(weight > 0 && weight < Infinity)) {
      const message = `the weight of ${pair.teacher} and ${pair.student} is ${weight}`;
      problems.push(problem(message, 'Give a positive number.'));
    }
    if (problems.length > 0 || batchSize > 1) return problems;
    const [a, b] = [teacher.tensors[t!]!, student.tensors[s!]!];
    if (layerLossFor(a, b) !== 'similarity') return problems;
    const message = `${pair.teacher} ${shapeOf(a)} and ${pair.student} ${shapeOf(b)} are compared by which samples of a batch are alike, and a batch has one`;
    return [problem(message, 'Take batches of more samples, or layers of one shape.')];
  });
}

function dependentOn(graph: Graph, tensors: readonly number[]): Set<number> {
  const found = new Set(tensors);
  for (const op of graph.ops)
    if (op.inputs.some((t) => found.has(t))) for (const t of op.outputs) found.add(t);
  return found;
}

const listed = 12;

function unknown(role: string, graph: Graph, name: string): Diagnostic {
  const names = graph.ops.map((op) => op.name);
  const nearest = nearestName(name, names);
  const shown = names.slice(0, listed).join(', ');
  const rest =
    names.length > listed ? ` and ${names.length - listed} more, which \`crimp analyze\` lists` : '';
  const hint = `${nearest === undefined ? '' : `Did you mean ${nearest}? `}There are ${shown}${rest}.`;
  return error('distill-layer', `${graph.name}, the ${role}, has no layer ${JSON.stringify(name)}`, hint);
}

function shapeOf({ shape }: Tensor): string {
  return `[${shape}]`;
}
