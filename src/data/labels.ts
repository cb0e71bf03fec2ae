/** Class labels: the array `y` of an .npz, a column of a .csv, the names of folders. */
import { type Diagnostic, error, inputError } from '../diagnostics.js';
import { elementCount } from '../graph/access.js';
import type { Graph } from '../graph/graph.js';
import type { FileArray } from './file_array.js';
import type { ReadOptions } from './options.js';

/**
 * One integer a sample; a `y` of anything else (regression targets, masks) is not labels and is left alone.
 *
 * @throws CrimpError `data-shape` when there are labels for another number of samples
 */
export function labelsOf(y: FileArray | undefined, count: number, file: string): Int32Array | undefined {
  if (!y || y.shape.length === 0) return undefined;
  const perSample = y.shape.slice(1).every((n) => n === 1);
  const numbers = Array.from(y.values as ArrayLike<number | bigint>, Number);
  if (!perSample || !numbers.every((v) => Number.isInteger(v) && Math.abs(v) < 2 ** 31)) return undefined;
  if (numbers.length !== count) {
    const message = `holds ${count} samples and ${numbers.length} labels`;
    throw inputError('data-shape', message, 'Give one label a sample in the array "y", or none at all.', {
      file,
    });
  }
  return Int32Array.from(numbers);
}

/** Labels that no output of the model stands for. A single output is no choice between classes: any number will do. */
export function labelProblems(labels: Int32Array | undefined, graph: Graph, file: string): Diagnostic[] {
  const output = graph.tensors[graph.outputs[0] ?? -1];
  const classes = output ? elementCount(output.shape) : 1;
  const wrong = labels?.findIndex((label) => label < 0 || label >= classes) ?? -1;
  if (classes === 1 || wrong < 0) return [];
  const message = `the label of sample ${wrong} is ${labels![wrong]}, and the model has ${classes} outputs`;
  return [error('data-labels', message, `Use whole numbers from 0 to ${classes - 1}.`, { file })];
}

/**
 * A number for each name: its place among those that the model records; else in sorted order, numbers by their value.
 *
 * @throws CrimpError `data-labels` for names that the model does not know
 */
export function numberClasses(
  names: Iterable<string>,
  graph: Pick<Graph, 'classes'>,
  file: string,
  onNote: ReadOptions['onNote'],
): { readonly classes: readonly string[]; readonly numbers: ReadonlyMap<string, number> } {
  const found = [...new Set(names)].sort();
  const known = graph.classes;
  if (!known && found.every((name) => /^\d+$/.test(name))) found.sort((a, b) => Number(a) - Number(b));
  const classes = known ?? found;
  const numbers = new Map(classes.map((name, i) => [name, i]));
  const strangers = found.filter((name) => !numbers.has(name));
  if (strangers.length > 0) {
    const message = `holds the class ${JSON.stringify(strangers[0])}, which is none of the model’s`;
    throw inputError('data-labels', message, `Use the classes that it records: ${listed(classes)}.`, {
      file,
    });
  }
  if (!known) {
    const message = `labels are ${listed(classes.map((name, i) => `${i} ${name}`))}`;
    onNote?.({ code: 'data-classes', severity: 'note', message, hint: '', where: { file } });
  }
  return { classes, numbers };
}

/** The first few of a list. */
export function listed(items: readonly string[], most = 20): string {
  const more = items.length - most;
  return more > 0 ? `${items.slice(0, most).join(', ')} and ${more} more` : items.join(', ');
}
