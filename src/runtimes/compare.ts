/** Two runtimes' values of one tensor over all samples: how alike they are. */
import type { Tensor, TensorData } from '../graph/graph.js';

/** Of float32 values, as a share of the tensor's largest: 128 ulps, what sums in another order come to. */
export const float32Tolerance = 2 ** -16;

export interface Difference {
  readonly sample: number;
  /** Flat, in the tensor. */
  readonly index: number;
  readonly crimp: number;
  readonly runtime: number;
}

export interface Agreement {
  readonly values: number;
  readonly different: number;
  /** Share of values that are equal. */
  readonly exact: number;
  /** Largest difference in real values; null where one of two is not finite. */
  readonly maxDifference: number | null;
  /** The same in steps of the tensor's scale, of plain integers in ones; null for float32. */
  readonly maxSteps: number | null;
  /** Largest magnitude of the other runtime's real values. */
  readonly largest: number;
  /** Of all values as one vector; null where one side is all 0 and the other is not. */
  readonly cosine: number | null;
  /** dB, the other runtime's values over the difference; null without a difference. */
  readonly sqnr: number | null;
  /** Share of samples whose largest value stands at the same place; null for what is no list of scores. */
  readonly top1: number | null;
  /** The first one, and the largest. */
  readonly first: Difference | null;
  readonly worst: Difference | null;
  /** The runtime does not have the tensor, or has it in another size. */
  readonly incomparable: boolean;
}

export interface Comparer {
  /** @param theirs undefined where the runtime has no such tensor */
  add(sample: number, ours: TensorData, theirs: TensorData | undefined): void;
  result(): Agreement;
}

export function sameValues(a: TensorData, b: TensorData): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (!same(Number(a[i]), Number(b[i]))) return false;
  return true;
}

/** float32 sums in another order. */
export function withinFloat32Tolerance(a: Float32Array, b: Float32Array): boolean {
  const largest = b.reduce((m, v) => Math.max(m, Math.abs(v)), 0);
  return (
    a.length === b.length &&
    a.every((v, i) => same(v, b[i]!) || Math.abs(v - b[i]!) <= float32Tolerance * largest)
  );
}

/** 0 is −0, and not-a-number itself. */
function same(a: number, b: number): boolean {
  return a === b || (Number.isNaN(a) && Number.isNaN(b));
}

/** @param tensor whose scale both sides share */
export function comparer(tensor: Tensor): Comparer {
  const scale = tensor.quantization?.scale[0] ?? 1;
  const zero = tensor.quantization?.zeroPoint[0] ?? 0;
  const isFloat = tensor.dtype === 'float32';
  const isScores = tensor.shape.length <= 2 && tensor.shape.reduce((n, d) => n * d, 1) > 1;
  let [values, different, samples, agreed, incomparable] = [0, 0, 0, 0, false];
  let [largest, max, dot, powerOurs, powerTheirs, noise] = [0, 0, 0, 0, 0, 0];
  let first: Difference | null = null;
  let worst: Difference | null = null;

  const addPair = (sample: number, index: number, ours: number, theirs: number) => {
    const [a, b] = [scale * (ours - zero), scale * (theirs - zero)];
    if (Number.isFinite(a) && Number.isFinite(b)) {
      dot += a * b;
      powerOurs += a * a;
      powerTheirs += b * b;
      noise += (a - b) ** 2;
      largest = Math.max(largest, Math.abs(b));
    }
    if (same(ours, theirs)) return;
    different++;
    const difference = { sample, index, crimp: ours, runtime: theirs };
    first ??= difference;
    const size = Math.abs(ours - theirs);
    if (worst === null || !(size <= max)) [worst, max] = [difference, size];
  };

  return {
    add(sample, ours, theirs) {
      samples++;
      values += ours.length;
      if (!theirs || theirs.length !== ours.length) {
        incomparable = true;
        different += ours.length;
        return;
      }
      for (let i = 0; i < ours.length; i++) addPair(sample, i, Number(ours[i]), Number(theirs[i]));
      if (argMax(ours) === argMax(theirs)) agreed++;
    },
    result() {
      const cosine = dot / Math.sqrt(powerOurs * powerTheirs);
      return {
        values,
        different,
        exact: values === 0 ? 1 : 1 - different / values,
        maxDifference: Number.isFinite(max) ? max * scale : null,
        maxSteps: isFloat ? null : max,
        largest,
        cosine: powerOurs === 0 && powerTheirs === 0 ? 1 : Number.isFinite(cosine) ? cosine : null,
        sqnr: noise === 0 ? null : 10 * Math.log10(powerTheirs / noise),
        top1: isScores && !incomparable ? agreed / Math.max(1, samples) : null,
        first,
        worst,
        incomparable,
      };
    },
  };
}

function argMax(values: TensorData): number {
  let best = 0;
  for (let i = 1; i < values.length; i++) if (values[i]! > values[best]!) best = i;
  return best;
}
