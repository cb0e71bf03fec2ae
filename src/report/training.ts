/** The text of a training. */

import type { EpochMetrics, TrainProgress } from '../train/options.js';
import type { TrainedFile } from '../train_file.js';
import { deviceRows, deviceTable } from './device.js';
import { count, percent, plural, table } from './table.js';

/** What stands beside the progress. */
export function formatTrainProgress({ epoch, loss, accuracy }: TrainProgress): string {
  return `epoch ${epoch}, loss ${figure(loss)}${accuracy === null ? '' : `, accuracy ${percent(accuracy)}`}`;
}

export function formatTraining({
  output,
  samples,
  parameters,
  weights,
  epoch,
  history,
  device,
}: TrainedFile): string {
  return [
    formatHistory(history),
    '',
    deviceTable(
      [`${device.after.dtype} on ${device.target}`, 'before', 'after'],
      deviceRows(device.before, device.after),
    ),
    '',
    `${plural(samples, 'sample')}, ${count(parameters)} parameters; ${count(weights.zeros)} of ${count(weights.count)} weights are 0`,
    `${output}: weights of epoch ${epoch}`,
  ].join('\n');
}

/** A line an epoch. */
export function formatHistory(history: readonly EpochMetrics[]): string {
  const right = 'right' as const;
  const titles = ['epoch', 'rate', 'loss', 'accuracy', 'held-out loss', 'held-out accuracy'];
  const rows = history.map((h) => [
    h.epoch,
    figure(h.learningRate),
    figure(h.loss),
    share(h.accuracy),
    h.validation ? figure(h.validation.loss) : '',
    share(h.validation?.accuracy ?? null),
  ]);
  const used = usedColumns(history);
  const picked = <V>(row: readonly V[]) => row.filter((_, i) => used[i]);
  return table(
    picked(titles).map((title) => ({ title, align: right })),
    rows.map(picked),
  );
}

function usedColumns(history: readonly EpochMetrics[]): boolean[] {
  const labeled = history.some((h) => h.accuracy !== null);
  const held = history.some((h) => h.validation);
  return [true, true, true, labeled, held, held && labeled];
}

function figure(value: number): string {
  return value.toPrecision(4);
}

function share(value: number | null): string {
  return value === null ? '' : percent(value);
}
