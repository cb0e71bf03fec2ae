/**
 * Magnitude pruning: the smallest weights become 0 and stay where they are. Han et al. 2015, "Learning both Weights and
 * Connections"; Lee et al. 2021, "Layer-adaptive Sparsity for the Magnitude-based Pruning"; N:M as in Mishra et al. 2021,
 * "Accelerating Sparse Deep Neural Networks".
 */
import { CrimpError, type Diagnostic, error, inputError } from '../../diagnostics.js';
import type { Graph } from '../../graph/graph.js';
import { ascending } from './ascending.js';
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

/** A layer in units that live or die together. */
interface Units {
  readonly tensor: number;
  /** Of each element of the weights, its unit. */
  readonly of: Uint32Array;
  readonly sizes: Uint32Array;
  /** The mean one of each unit's elements. */
  readonly magnitudes: Float64Array;
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
  if (pattern !== 'unstructured' && 'm' in pattern) {
    for (const matrix of matrices) dropOfEach(matrix, pattern, masks.get(matrix.tensor)!);
    return masks;
  }
  const [rows, columns] = pattern === 'unstructured' ? [1, 1] : [pattern.rows, pattern.columns];
  const layers = matrices.map((matrix) => unitsOf(matrix, rows, columns));
  const dropped = droppedUnits(layers, options);
  layers.forEach(({ tensor, of }, l) => {
    const mask = masks.get(tensor)!;
    of.forEach((unit, i) => {
      if (dropped[l]![unit] === 1) mask[i] = 0;
    });
  });
  return masks;
}

/** By layer and unit: 1 is dropped. */
function droppedUnits(layers: readonly Units[], options: MaskOptions): Uint8Array[] {
  const { threshold, sparsity = 0, scope = 'global' } = options;
  if (threshold !== undefined) {
    return layers.map(({ magnitudes }) => Uint8Array.from(magnitudes, (m) => (m < threshold ? 1 : 0)));
  }
  if (scope === 'layer') {
    return layers.map(({ magnitudes, sizes }) => smallest(magnitudes, sizes, sparsity));
  }
  const count = layers.reduce((n, { sizes }) => n + sizes.length, 0);
  const [scores, sizes] = [new Float64Array(count), new Uint32Array(count)];
  let first = 0;
  const firsts = layers.map((layer) => {
    scores.set(lampScores(layer), first);
    sizes.set(layer.sizes, first);
    first += layer.sizes.length;
    return first - layer.sizes.length;
  });
  const dropped = smallest(scores, sizes, sparsity);
  return layers.map((layer, l) => dropped.subarray(firsts[l]!, firsts[l]! + layer.sizes.length));
}

/** The smallest units that together hold the share of the elements, to the nearest unit; the first of equals go first. */
function smallest(scores: Float64Array, sizes: Uint32Array, sparsity: number): Uint8Array {
  const wanted = sparsity * sizes.reduce((n, size) => n + size, 0);
  const dropped = new Uint8Array(scores.length);
  let elements = 0;
  for (const unit of ascending(scores)) {
    if (elements + sizes[unit]! / 2 > wanted) break;
    dropped[unit] = 1;
    elements += sizes[unit]!;
  }
  return dropped;
}

/** In the same order as magnitudes; the largest one has 1 whatever the layer's scale. */
function lampScores({ magnitudes, sizes }: Units): Float64Array {
  const scores = new Float64Array(magnitudes.length);
  let energy = 0;
  for (const unit of ascending(magnitudes).reverse()) {
    const square = magnitudes[unit]! ** 2 * sizes[unit]!;
    energy += square;
    scores[unit] = energy === 0 ? 0 : square / energy;
  }
  return scores;
}

/** Blocks from the first row and column on; those at the far edges may be smaller. */
function unitsOf(matrix: WeightMatrix, rows: number, columns: number): Units {
  const { tensor, data, index } = matrix;
  const across = Math.ceil(matrix.columns / columns);
  const count = Math.ceil(matrix.rows / rows) * across;
  const [of, sizes, magnitudes] = [
    new Uint32Array(data.length),
    new Uint32Array(count),
    new Float64Array(count),
  ];
  for (let r = 0; r < matrix.rows; r++) {
    for (let c = 0; c < matrix.columns; c++) {
      const unit = Math.floor(r / rows) * across + Math.floor(c / columns);
      const i = index(r, c);
      of[i] = unit;
      sizes[unit]!++;
      magnitudes[unit]! += Math.abs(data[i]!);
    }
  }
  return { tensor, of, sizes, magnitudes: magnitudes.map((sum, unit) => sum / sizes[unit]!) };
}

/** Of every m products in a row all but the n largest; of a shorter rest too. */
function dropOfEach(matrix: WeightMatrix, { n, m }: { n: number; m: number }, mask: Uint8Array): void {
  const { data, index } = matrix;
  for (let row = 0; row < matrix.rows; row++) {
    for (let left = 0; left < matrix.columns; left += m) {
      const length = Math.min(m, matrix.columns - left);
      const stretch = Array.from({ length }, (_, i) => index(row, left + i));
      stretch.sort((a, b) => Math.abs(data[b]!) - Math.abs(data[a]!));
      for (const i of stretch.slice(n)) mask[i] = 0;
    }
  }
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
