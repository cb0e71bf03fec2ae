/** Values of data files into the range that a model computes with, and how to choose it. */
import { inputError } from '../diagnostics.js';
import type { Graph, Normalization, Tensor } from '../graph/graph.js';
import { channelsOf, isNormalization } from '../graph/normalization.js';
import type { FileValues } from './file_array.js';
import type { Loaded } from './load.js';
import type { ReadOptions } from './options.js';
import { isQuantized } from './values.js';

/**
 * `0..1` and `-1..1` map the range of the data: 0 … 255 for bytes, else from their least to their greatest value. `standard`
 * gives them mean 0 and standard deviation 1.
 */
export type NormalizeRule = 'none' | '0..1' | '-1..1' | 'standard' | Normalization;

const named: readonly string[] = ['none', '0..1', '-1..1', 'standard'];
const examples = 'Say --normalize 0..1, -1..1, standard, none, 127.5/127.5 or 124,116,104/58,57,57.';

/** As people write it; MEAN/STD with one number for all or one for each channel. @throws CrimpError `bad-usage` */
export function parseNormalizeRule(text: string): NormalizeRule {
  if (named.includes(text)) return text as NormalizeRule;
  const [mean, std, ...more] = text
    .split('/')
    .map((list) => list.split(',').map((n) => (n.trim() === '' ? NaN : Number(n))));
  if (mean && std && more.length === 0 && isNormalization({ mean, std })) return { mean, std };
  throw inputError('bad-usage', `no way to normalize is called ${JSON.stringify(text)}`, examples);
}

/** The graph with the normalization that holds for these data. */
export function effective(
  graph: Graph,
  loaded: Loaded,
  { normalize }: Pick<ReadOptions, 'normalize'>,
): Graph {
  if (normalize === undefined) return graph;
  if (loaded.raw && normalize !== 'none') {
    const message = 'holds the tensors’ own values, which are not normalized';
    throw inputError('bad-usage', message, 'Leave --normalize away, or give real values.', {
      file: loaded.file,
    });
  }
  return withNormalization(graph, normalize, loaded.inputs);
}

/** The graph with the rule's normalization for these data. @param inputs by position in graph.inputs */
export function withNormalization(graph: Graph, rule: NormalizeRule, inputs: readonly FileValues[]): Graph {
  if (rule === 'none') return { ...graph, normalization: undefined };
  const normalization = graph.inputs.map((index, i) => {
    const tensor = graph.tensors[index]!;
    // Indices and the like are no quantities.
    if (tensor.dtype !== 'float32' && !isQuantized(tensor)) return null;
    return typeof rule === 'string' ? fit(rule, inputs[i]!, tensor) : fitting(rule, tensor);
  });
  return { ...graph, normalization };
}

function fitting(rule: Normalization, tensor: Tensor): Normalization {
  const channels = channelsOf(tensor);
  if (!isNormalization(rule)) {
    const message = `${JSON.stringify(rule)} is no way to normalize`;
    throw inputError('bad-usage', message, 'Give as many means as standard deviations, these above 0.');
  }
  if (rule.mean.length === 1 || rule.mean.length === channels) return rule;
  const message = `there are ${rule.mean.length} means, and input "${tensor.name}" has ${channels} channels`;
  throw inputError('bad-usage', message, 'Give one mean and one deviation for all, or one for each channel.');
}

function fit(rule: '0..1' | '-1..1' | 'standard', values: FileValues, tensor: Tensor): Normalization {
  const bytes = values instanceof Uint8Array;
  // The pixels of a flat picture are of one kind, the features of a table are not.
  const groups = bytes && tensor.shape.length < 4 ? 1 : channelsOf(tensor);
  const groupRange = bytes ? () => [0, 255] as const : rangesOf(values, groups);
  const moments = rule === 'standard' ? momentsOf(values, groups) : undefined;
  const of = (g: number): readonly [mean: number, std: number] => {
    if (moments) return moments(g);
    const [low, high] = groupRange(g);
    return rule === '0..1' ? [low, high - low] : [(low + high) / 2, (high - low) / 2];
  };
  const pairs = Array.from({ length: groups }, (_, g) => of(g));
  return {
    mean: pairs.map(([mean]) => short(mean)),
    // A constant has no spread; it becomes 0.
    std: pairs.map(([, std]) => (std > 0 ? short(std) : 1)),
  };
}

/** Values that are not finite are left to whoever converts the data, and says where they stand. */
function rangesOf(values: FileValues, groups: number): (g: number) => readonly [number, number] {
  const low = new Float64Array(groups).fill(Infinity);
  const high = new Float64Array(groups).fill(-Infinity);
  for (let i = 0; i < values.length; i++) {
    const [x, g] = [Number(values[i]), i % groups];
    if (!Number.isFinite(x)) continue;
    if (x < low[g]!) low[g] = x;
    if (x > high[g]!) high[g] = x;
  }
  return (g) => (low[g]! <= high[g]! ? [low[g]!, high[g]!] : [0, 0]);
}

function momentsOf(values: FileValues, groups: number): (g: number) => readonly [number, number] {
  const count = new Float64Array(groups);
  const mean = new Float64Array(groups);
  const squares = new Float64Array(groups);
  // Welford's update keeps its digits where the mean is large against the spread.
  for (let i = 0; i < values.length; i++) {
    const [x, g] = [Number(values[i]), i % groups];
    if (!Number.isFinite(x)) continue;
    const delta = x - mean[g]!;
    count[g]! += 1;
    mean[g]! += delta / count[g]!;
    squares[g]! += delta * (x - mean[g]!);
  }
  return (g) => [mean[g]!, Math.sqrt(squares[g]! / Math.max(1, count[g]!))];
}

/** The shortest decimal of a value's float32, so that a model, its file and its C have the same number. */
function short(value: number): number {
  const exact = Math.fround(value);
  for (let digits = 1; digits < 9; digits++) {
    const text = Number(exact.toPrecision(digits));
    if (Math.fround(text) === exact) return text;
  }
  return Number(exact.toPrecision(9));
}

/** (x − mean) / std of every value, in double and rounded to float32 once. */
export function normalized(values: FileValues, { mean, std }: Normalization): Float32Array {
  const channels = mean.length;
  return Float32Array.from(
    values as ArrayLike<number>,
    (x, i) => (Number(x) - mean[i % channels]!) / std[i % channels]!,
  );
}

/** What one graph reads, from what another one reads, of the same data. @param inputs by position in graph.inputs */
export function renormalized(
  inputs: readonly Float32Array[],
  from: Graph,
  to: Graph,
): readonly Float32Array[] {
  return inputs.map((values, i) => {
    const [old, wanted] = [from.normalization?.[i], to.normalization?.[i]];
    if (JSON.stringify(old ?? null) === JSON.stringify(wanted ?? null)) return values;
    const raw = old
      ? values.map((v, k) => v * old.std[k % old.std.length]! + old.mean[k % old.mean.length]!)
      : values;
    return wanted ? normalized(raw, wanted) : raw;
  });
}
