/** What the figures have to show, each in the mean over the seeds. */
import { over, type Results, type Statistic } from './results.js';

export interface Bound {
  readonly experiment: string;
  readonly what: string;
  readonly atMost?: number;
  readonly atLeast?: number;
  /** In what the limit is given: percentage points, shares, factors. */
  of(results: Results): number;
}

/** What a compressed network is held against: the better of the dense one and the dense one trained for as long. */
export function reference(results: Results, experiment: string): 'dense' | 'denseTrainedOn' {
  const mean = (path: string) => over(results, experiment, path).mean;
  return mean('dense') > mean('denseTrainedOn') ? 'dense' : 'denseTrainedOn';
}

/** Percentage points below it. */
export function pointsLost(results: Results, experiment: string): Statistic {
  const from = reference(results, experiment);
  return over(results, experiment, (value) => 100 * (value(from) - value('accuracy')));
}

/** Share of its gap to the teacher that the student gains back. */
export function gapClosed(results: Results): number {
  const mean = (path: string) => over(results, 'distillation', path).mean;
  return (mean('taught') - mean('alone')) / (mean('teacher') - mean('alone'));
}

function lost(experiment: string, atMost: number): Bound {
  return {
    ...{ experiment, what: 'points lost', atMost },
    of: (results) => pointsLost(results, experiment).mean,
  };
}

function ratio(
  experiment: string,
  what: string,
  [above, below]: readonly [string, string],
  limit: Pick<Bound, 'atMost' | 'atLeast'>,
): Bound {
  const of = (results: Results) => over(results, experiment, (value) => value(above) / value(below)).mean;
  return { experiment, what, ...limit, of };
}

export const quantizedNetworks = ['digits', 'lenet_300_100', 'lenet_5'] as const;

function quantized(name: string): Bound[] {
  const experiment = `${name}_quantized`;
  const points = (results: Results, form: string) =>
    over(results, experiment, (value) => 100 * (value('float') - value(form))).mean;
  const lost = (what: string, form: string, atMost: number): Bound => {
    return { experiment, what: `points lost by ${what}`, atMost, of: (results) => points(results, form) };
  };
  // Where calibration alone loses nothing, nothing is to be closed.
  const left = (what: string): Bound => ({
    ...{ experiment, what: `points that training leaves, beyond those that ${what} alone loses`, atMost: 0 },
    of: (results) => Math.max(0, points(results, `${what}Aware`)) - Math.max(0, points(results, what)),
  });
  return [
    lost('int8', 'int8', 0.3),
    lost('int8 in the loop', 'int8Aware', 0.3),
    lost('int4 in the loop', 'int4Aware', 1),
    ...[left('int8'), left('int4')],
  ];
}

export const bounds: readonly Bound[] = [
  ratio('lenet_300_100_pruned', 'share of weights left', ['weightsLeft', 'weights'], { atMost: 0.085 }),
  lost('lenet_300_100_pruned', 0.3),
  ratio('lenet_300_100_packed', 'times smaller', ['floatBytes', 'packedBytes'], { atLeast: 30 }),
  lost('lenet_300_100_packed', 0.5),
  ratio('lenet_5_structured', 'share of MACs left', ['macsLeft', 'macs'], { atMost: 0.5 }),
  lost('lenet_5_structured', 0.3),
  ratio('lenet_5_pruned', 'times fewer weights', ['weights', 'weightsLeft'], { atLeast: 12 }),
  lost('lenet_5_pruned', 0.3),
  ratio('distillation', 'times fewer MACs', ['teacherMacs', 'studentMacs'], { atLeast: 8 }),
  { experiment: 'distillation', what: 'share of the gap closed', atLeast: 0.5, of: gapClosed },
  ...quantizedNetworks.flatMap(quantized),
];

export function holds(bound: Bound, results: Results): boolean {
  const { atMost = Infinity, atLeast = -Infinity } = bound;
  const value = bound.of(results);
  return value <= atMost && value >= atLeast;
}
