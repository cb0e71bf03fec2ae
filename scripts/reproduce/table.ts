/** results.json as the README shows it. */

import { markdown } from '../readme.js';
import { bounds, gapClosed, pointsLost, quantizedNetworks, reference } from './bounds.js';
import { over, type Results, type Statistic } from './results.js';

const percent = ({ mean, spread }: Statistic) =>
  `${(100 * mean).toFixed(2)} ± ${(100 * spread).toFixed(2)} %`;
const points = ({ mean, spread }: Statistic) => `${signed(mean)} ± ${spread.toFixed(2)}`;
const signed = (value: number) => {
  const text = Math.abs(value).toFixed(2);
  return value < 0 && Number(text) > 0 ? `−${text}` : text;
};
const count = ({ mean }: Statistic) => Math.round(mean).toLocaleString('en-US');

const millions = ({ mean }: Statistic) => (mean / 1e6).toFixed(2);

/** Weights in flash, RAM of the arena, cycles: before and after. */
function device(of: (path: string) => Statistic): string {
  const [before, after] = ['before', 'after'].map((when) => (name: string) => of(`device.${when}.${name}`));
  const change = (name: string, text: (value: Statistic) => string) =>
    `${text(before!(name))} → ${text(after!(name))}`;
  const bytes = `${change('weightsBytes', count)} B, RAM ${change('arenaBytes', count)} B`;
  return `flash of weights ${bytes}, ${change('cycles', millions)} M cycles`;
}

/** Markdown, to stand between the markers. */
export function formatResults(results: Results): string {
  return [compressed(results), quantized(results), article(results)].join('\n\n');
}

function limitOf(experiment: string, what: string): number {
  const { atMost, atLeast } = bounds.find((b) => b.experiment === experiment && b.what === what)!;
  return (atMost ?? atLeast)!;
}

function compressed(results: Results): string {
  const row = (experiment: string, what: string, saved: string): string[] => {
    const of = (path: string) => over(results, experiment, path);
    const dense = of(reference(results, experiment));
    const lost = pointsLost(results, experiment);
    const limit = limitOf(experiment, 'points lost');
    const accuracies = [percent(dense), percent(of('accuracy')), `${points(lost)} (≤ ${limit})`];
    return [what, ...accuracies, saved, device(of)];
  };
  const at = (experiment: string) => (path: string) => over(results, experiment, path);
  const [pruned300, packed, structured, pruned5, taught] = [
    'lenet_300_100_pruned',
    'lenet_300_100_packed',
    'lenet_5_structured',
    'lenet_5_pruned',
    'distillation',
  ].map(at);
  const share = (part: Statistic, whole: Statistic) => `${((100 * part.mean) / whole.mean).toFixed(1)} %`;
  const times = (whole: Statistic, part: Statistic) => `${(whole.mean / part.mean).toFixed(1)}×`;
  const left = (of: (path: string) => Statistic, name: string) =>
    `${count(of(name))} → ${count(of(`${name}Left`))}`;
  const rows = [
    row(
      'lenet_300_100_pruned',
      'LeNet-300-100, weights pruned on a cubic schedule',
      `weights ${left(pruned300!, 'weights')}: ${share(pruned300!('weightsLeft'), pruned300!('weights'))} (≤ 8.5 %)`,
    ),
    row(
      'lenet_300_100_packed',
      '… in int8, 16 distinct weights a layer, packed',
      `flash of weights, from float32, ${count(packed!('floatBytes'))} → ${count(packed!('packedBytes'))} B: ${times(packed!('floatBytes'), packed!('packedBytes'))} (≥ 30×)`,
    ),
    row(
      'lenet_5_structured',
      'LeNet-5, filters and neurons pruned by L1',
      `MACs ${left(structured!, 'macs')}: ${share(structured!('macsLeft'), structured!('macs'))} (≤ 50 %)`,
    ),
    row(
      'lenet_5_pruned',
      'LeNet-5, weights pruned on a cubic schedule',
      `weights ${left(pruned5!, 'weights')}: ${times(pruned5!('weights'), pruned5!('weightsLeft'))} (≥ 12×)`,
    ),
  ];
  const header = ['', 'dense', 'compressed', 'points lost', 'what goes', 'in int8 on the Pico'];
  const [teacher, alone, student, shifted] = ['teacher', 'alone', 'taught', 'aloneShifted'].map((path) =>
    percent(taught!(path)),
  );
  const sentence =
    `**Distillation.** A LeNet-5 of the widths of 1998, ${times(taught!('teacherMacs'), taught!('studentMacs'))} fewer MACs than Caffe’s ` +
    `(≥ 8×), reaches ${alone} alone on the digits as they are, and ${student} when that answers shifted copies of them for it; the teacher, trained ` +
    `on shifted copies, reaches ${teacher}. ${(100 * gapClosed(results)).toFixed(0)} % of the gap is closed (≥ 50 %). The shifts have their part in ` +
    `that: with them and without a teacher the student reaches ${shifted}. In int8 on the Pico: ${device(taught!)}.`;
  return `${markdown(header, 'lrrrll', rows)}\n\n${sentence}`;
}

const titles: Readonly<Record<(typeof quantizedNetworks)[number], string>> = {
  digits: 'examples/digits',
  lenet_300_100: 'LeNet-300-100',
  lenet_5: 'LeNet-5',
};

function quantized(results: Results): string {
  const rows = quantizedNetworks.map((name) => {
    const forms = ['float', 'int8', 'int8Aware', 'int4', 'int4Aware'];
    return [titles[name], ...forms.map((form) => percent(over(results, `${name}_quantized`, form)))];
  });
  const header = ['', 'float', 'int8', 'int8 in the loop', 'int4 weights', 'int4 in the loop'];
  return markdown(header, 'lrrrrr', rows);
}

const stages = {
  dense: '784-128-10, float32',
  pruned: 'half of the neurons pruned, float32',
  int8: '784-128-10, int8',
  distilled: '784-32-10, taught by LeNet-5, float32',
  combined: '784-128-10, taught, 90 % of its weights pruned, int8 in the loop, packed',
};

function article(results: Results): string {
  const rows = Object.entries(stages).map(([stage, title]) => {
    const of = (path: string) => over(results, 'mlp_784_128_10', `${stage}.${path}`);
    const bytes = ['weightsBytes', 'flashBytes', 'arenaBytes', 'cycles'].map((path) => count(of(path)));
    return [title, percent(of('accuracy')), ...bytes];
  });
  return markdown(
    ['', 'accuracy', 'weights, B', 'flash, B', 'RAM of the arena, B', 'cycles'],
    'lrrrrr',
    rows,
  );
}
