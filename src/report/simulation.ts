/** What a model answered, simulated or run: the document and the text. */
import { outputArrays } from '../data/index.js';
import type { Graph } from '../graph/graph.js';
import { medianOf } from '../measure/bench.js';
import type { Run } from '../measure/run.js';
import type { Simulation } from '../measure/simulate.js';
import { count, percent, plural } from './table.js';

const shownSamples = 10;
const shownValues = 12;

export interface AnswersOptions {
  /** Where the outputs were written; without it, they are part of the report. */
  readonly file?: string;
  /** Integers as the device returns them, instead of real values. */
  readonly raw?: boolean;
}

export interface AnswersDocument {
  readonly samples: number;
  readonly accuracy: number | null;
  /** What each inference took, and in which unit; only of a run on a board. */
  readonly cycles?: readonly number[];
  readonly counts?: Run['counts'];
  readonly output: string | null;
  /** By output, sample and flat index; only without a file. */
  readonly outputs?: Readonly<Record<string, number[][]>>;
}

/** What `--json` prints. */
export function answersDocument(
  graph: Graph,
  answers: Simulation | Run,
  options: AnswersOptions,
): AnswersDocument {
  const { samples, accuracy, outputs } = answers;
  return {
    samples,
    accuracy: accuracy ?? null,
    ...('cycles' in answers && { cycles: answers.cycles, counts: answers.counts }),
    output: options.file ?? null,
    ...(options.file === undefined && {
      outputs: Object.fromEntries(bySample(graph, outputs, samples, options)),
    }),
  };
}

/** @param how `simulated` or `run` */
export function formatAnswers(
  graph: Graph,
  answers: Simulation | Run,
  how: 'simulated' | 'run',
  options: AnswersOptions,
): string {
  const { samples, accuracy } = answers;
  const { file } = options;
  const lines = [`${plural(samples, 'sample')} ${how}${file ? `, outputs in ${file}` : ''}`];
  if (accuracy !== undefined) lines.push(`accuracy: ${percent(accuracy)}`);
  if ('cycles' in answers && answers.cycles.length > 0) {
    lines.push(`${answers.counts}: ${count(medianOf(answers.cycles))} (median)`);
  }
  return file ? lines.join('\n') : [...lines, ...firstAnswers(graph, answers, options)].join('\n');
}

function firstAnswers(graph: Graph, { outputs, samples }: Simulation, options: AnswersOptions): string[] {
  const all = bySample(graph, outputs, samples, options);
  return all.flatMap(([name, answers]) => [
    ...(all.length > 1 ? [`output ${name}`] : []),
    ...answers.slice(0, shownSamples).map((values, i) => {
      const shown = values.slice(0, shownValues).map((value) => Number(value.toPrecision(4)));
      const rest = values.length > shownValues ? ` … (${count(values.length)} values)` : '';
      return `${i}: ${shown.join(' ')}${rest}`;
    }),
    ...(answers.length > shownSamples ? ['…'] : []),
  ]);
}

function bySample(graph: Graph, outputs: Uint8Array, samples: number, { raw }: AnswersOptions) {
  return outputArrays(graph, outputs, { raw }).map(([name, { values }]): [string, number[][]] => {
    const size = values.length / Math.max(1, samples);
    const numbers = Array.from(values, Number);
    return [name, Array.from({ length: samples }, (_, i) => numbers.slice(i * size, (i + 1) * size))];
  });
}
