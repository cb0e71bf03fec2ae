/** The text of a run of a recipe: a line a step. */
import type { CheckedRecord } from '../check_record.js';
import type { CompressedFile } from '../compress_file.js';
import type { ModelRecord } from '../recipe/record.js';
import type { RecipeProgress } from '../recipe/run.js';
import { bytes, count, percent, plural, table } from './table.js';
import { formatTrainProgress } from './training.js';

const right = 'right' as const;

export function formatCompression({ output, recordFile, record, resumed }: CompressedFile): string {
  const models = [record.before!, ...record.steps];
  const titles = [
    '#',
    'step',
    'dtype',
    'accuracy',
    'not 0',
    'MACs',
    'flash B',
    'packed B',
    'RAM B',
    'firmware B',
    models.find(({ device }) => device.counts)?.device.counts ?? 'cycles',
    's',
  ];
  const rows = models.map((model, i) => {
    const { device, weights } = model;
    const step = record.steps[i - 1];
    return [
      step ? String(i - 1) : '',
      step?.step ?? 'as it is',
      model.dtype,
      model.accuracy === null ? '' : percent(model.accuracy),
      percent(1 - weights.zeros / weights.count),
      count(model.macs),
      count(device.weightsBytes),
      device.packedWeightsBytes < device.weightsBytes ? count(device.packedWeightsBytes) : '',
      count(device.arenaBytes),
      device.flashBytes === null ? '' : count(device.flashBytes),
      device.cycles === null ? '' : count(device.cycles),
      step ? step.seconds.toFixed(1) : '',
    ];
  });
  // Columns that nothing stands in are left away.
  const used = titles.map((_, c) => rows.some((row) => row[c] !== ''));
  const pick = <V>(row: readonly V[]) => row.filter((_, c) => used[c]);
  const [first, last] = [models[0]!, models.at(-1)!];
  return [
    table(
      pick(titles.map((title, c) => ({ title, align: c === 1 || c === 2 ? ('left' as const) : right }))),
      rows.map(pick),
    ),
    '',
    `on ${record.recipe.target}: flash of weights and tables ${ratio(first, last, 'weightsBytes')}, RAM of the arena ${ratio(first, last, 'arenaBytes')} of before`,
    ...(resumed > 0 ? [`${plural(resumed, 'step')} had been finished before`] : []),
    `${output}: ${bytes(last.bytes)}; how it was made is in ${recordFile}`,
  ].join('\n');
}

function ratio(first: ModelRecord, last: ModelRecord, what: 'weightsBytes' | 'arenaBytes'): string {
  return first.device[what] === 0 ? '' : percent(last.device[what] / first.device[what]);
}

export function formatCheck({ recordFile, same, steps, versions }: CheckedRecord): string {
  const first = steps.findIndex((step) => step.recorded !== step.repeated);
  return [
    ...versions.map(({ name, recorded, repeated }) => `${name} was ${recorded}, and is ${repeated} here`),
    same
      ? `${recordFile}: the same bytes after each of its ${plural(steps.length, 'step')}`
      : `${recordFile}: NOT the same bytes, from step ${first} (${steps[first]!.step}) on`,
  ].join('\n');
}

/** What stands beside the progress. */
export function formatRecipeProgress({ training }: RecipeProgress): string | undefined {
  return training && formatTrainProgress({ ...training, step: 0, steps: 0 });
}
