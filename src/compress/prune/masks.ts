/**
 * Magnitude pruning: the smallest weights become 0 and stay where they are. Han et al. 2015, "Learning both Weights and
 * Connections"; Lee et al. 2021, "Layer-adaptive Sparsity for the Magnitude-based Pruning"; N:M as in Mishra et al. 2021,
 * "Accelerating Sparse Deep Neural Networks".
 */
import { CrimpError, type Diagnostic, error, inputError } from '../../diagnostics.js';
import type { Graph } from '../../graph/graph.js';
import { floatOnly } from './float_only.js';
import type { Scope } from './removal_order.js';
import { type WeightMatrix, weightMatrices } from './weight_matrix.js';

/**
 * What is kept or dropped as one: single weights; of each `m` in a row `n` (the pattern alone then says how sparse); blocks
 * of so many output channels × products.
 */
export type Pattern =
  | 'unstructured'
  | { readonly n: number; readonly m: number }
  | { readonly rows: number; readonly columns: number };

export interface MaskOptions {
  /** Share of the weights to drop, 0 … 1. */
  readonly sparsity?: number;
  /** Or drop what is below it: a weight's magnitude, of a block the mean one. */
  readonly threshold?: number;
  /**
   * 'global' (by default): layers compete; 'layer': the same share in each. Layers differ in scale, so they compete by what
   * a weight is to its layer: its square over those of all that are no smaller, LAMP's score. A threshold knows no scope.
   */
  readonly scope?: Scope;
  /** By default 'unstructured'. */
  readonly pattern?: Pattern;
}

/** By tensor index, one byte an element of the weights: 1 is kept, 0 dropped. */
export type Masks = ReadonlyMap<number, Uint8Array>;

/** Elements that live or die together. */
interface Unit {
  readonly tensor: number;
  readonly indices: readonly number[];
  readonly magnitude: number;
}

/**
 * @param graph float32 that `checkGraph` finds sound
 * @throws CrimpError `already-quantized`, `bad-usage`, `nothing-to-prune`
 */
export function magnitudeMasks(graph: Graph, options: MaskOptions): Masks {
  floatOnly(graph);
  const { pattern = 'unstructured' } = options;
  checkOptions(options, pattern);
  const matrices = weightMatrices(graph);
  if (matrices.length === 0) {
    const message = `${graph.name} has no layer with weights`;
    throw inputError('nothing-to-prune', message, 'Give a model with convolutions or dense layers.');
  }
  const masks = new Map(matrices.map(({ tensor, data }) => [tensor, new Uint8Array(data.length).fill(1)]));
  for (const { tensor, indices } of droppedUnits(matrices, options, pattern)) {
    const mask = masks.get(tensor)!;
    for (const i of indices) mask[i] = 0;
  }
  return masks;
}

function droppedUnits(matrices: readonly WeightMatrix[], options: MaskOptions, pattern: Pattern): Unit[] {
  if (pattern !== 'unstructured' && 'm' in pattern) {
    return matrices.flatMap((matrix) => smallestOfEach(matrix, pattern));
  }
  const [rows, columns] = pattern === 'unstructured' ? [1, 1] : [pattern.rows, pattern.columns];
  const layers = matrices.map((matrix) => blocksOf(matrix, rows, columns));
  const { threshold, sparsity = 0, scope = 'global' } = options;
  if (threshold !== undefined) return layers.flat().filter(({ magnitude }) => magnitude < threshold);
  if (scope === 'layer') return layers.flatMap((layer) => smallest(layer, sparsity));
  return smallest(layers.flatMap(lampScores), sparsity);
}

/** The smallest units that together hold the share of the elements, to the nearest unit; the first of equals go first. */
function smallest(units: readonly Unit[], sparsity: number): Unit[] {
  const wanted = sparsity * units.reduce((n, unit) => n + unit.indices.length, 0);
  const dropped: Unit[] = [];
  let elements = 0;
  for (const unit of [...units].sort((a, b) => a.magnitude - b.magnitude)) {
    if (elements + unit.indices.length / 2 > wanted) break;
    dropped.push(unit);
    elements += unit.indices.length;
  }
  return dropped;
}

/** A layer's units with their scores for magnitudes: in the same order, the largest one with 1 whatever the layer's scale. */
function lampScores(layer: readonly Unit[]): Unit[] {
  const descending = [...layer].reverse().sort((a, b) => b.magnitude - a.magnitude);
  let energy = 0;
  const scored = descending.map((unit) => {
    const square = unit.magnitude ** 2;
    energy += square * unit.indices.length;
    return { ...unit, magnitude: energy === 0 ? 0 : (square * unit.indices.length) / energy };
  });
  return scored.reverse();
}

/** Blocks from the first row and column on; those at the far edges may be smaller. */
function blocksOf(matrix: WeightMatrix, rows: number, columns: number): Unit[] {
  const { tensor, data, index } = matrix;
  const units: Unit[] = [];
  for (let top = 0; top < matrix.rows; top += rows) {
    for (let left = 0; left < matrix.columns; left += columns) {
      const indices: number[] = [];
      for (let r = top; r < Math.min(top + rows, matrix.rows); r++) {
        for (let c = left; c < Math.min(left + columns, matrix.columns); c++) indices.push(index(r, c));
      }
      const sum = indices.reduce((n, i) => n + Math.abs(data[i]!), 0);
      units.push({ tensor, indices, magnitude: sum / indices.length });
    }
  }
  return units;
}

/** Of every m products in a row all but the n largest; of a shorter rest too. */
function smallestOfEach(matrix: WeightMatrix, { n, m }: { n: number; m: number }): Unit[] {
  const { tensor, data, index } = matrix;
  const units: Unit[] = [];
  for (let row = 0; row < matrix.rows; row++) {
    for (let left = 0; left < matrix.columns; left += m) {
      const length = Math.min(m, matrix.columns - left);
      const stretch = Array.from({ length }, (_, i) => index(row, left + i));
      stretch.sort((a, b) => Math.abs(data[b]!) - Math.abs(data[a]!));
      for (const i of stretch.slice(n)) units.push({ tensor, indices: [i], magnitude: Math.abs(data[i]!) });
    }
  }
  return units;
}

function checkOptions({ sparsity, threshold }: MaskOptions, pattern: Pattern): void {
  const problems: Diagnostic[] = [];
  const problem = (message: string, hint: string) => problems.push(error('bad-usage', message, hint));
  const whole = (value: number) => Number.isInteger(value) && value > 0;
  const fixed = pattern !== 'unstructured' && 'm' in pattern;
  if (fixed) {
    if (!(whole(pattern.n) && whole(pattern.m) && pattern.n <= pattern.m)) {
      problem(`cannot keep ${pattern.n} of every ${pattern.m} weights`, 'Give whole numbers, as in 2:4.');
    }
    if (sparsity !== undefined || threshold !== undefined) {
      problem(
        'a pattern N:M says by itself how sparse the weights get',
        'Leave sparsity and threshold away.',
      );
    }
  } else if ((sparsity === undefined) === (threshold === undefined)) {
    problem('how much to prune is said by a sparsity or a threshold', 'Give one of them, as sparsity 0.9.');
  }
  if (pattern !== 'unstructured' && 'rows' in pattern && !(whole(pattern.rows) && whole(pattern.columns))) {
    problem(`blocks cannot be ${pattern.rows} × ${pattern.columns}`, 'Give whole numbers, as in 4x1.');
  }
  if (sparsity !== undefined && !(sparsity >= 0 && sparsity < 1)) {
    problem(`the sparsity is ${sparsity}`, 'Give the share of weights to drop: from 0 to below 1, as 0.9.');
  }
  if (threshold !== undefined && !(threshold >= 0 && Number.isFinite(threshold))) {
    problem(`the threshold is ${threshold}`, 'Give a magnitude, as 0.01.');
  }
  if (problems.length > 0) throw new CrimpError(problems);
}
