/** The text of a pruning. */
import type { LayerSparsity } from '../compress/prune/apply_masks.js';
import type { Change, StructuredReport } from '../compress/prune/structured.js';
import type { PlannedFootprint } from '../footprint.js';
import type { PrunedAccuracy, PrunedFile } from '../prune_file.js';
import { type DeviceRow, deviceRows, deviceTable } from './device.js';
import { bytes, count, percent, plural, shorten, table } from './table.js';

const right = 'right' as const;

export function formatPruning(pruned: PrunedFile): string {
  const { structured, sparsity, accuracy, device, output } = pruned;
  const { before, after } = device;
  const rows: DeviceRow[] = deviceRows(before, after);
  if (structured) {
    const { macs, params } = structured;
    rows.unshift(['MACs', macs.before, macs.after], ['parameters', params.before, params.after]);
  }
  return [
    ...(structured ? [channelTable(structured), ''] : []),
    ...(sparsity ? [sparsityTable(sparsity), ''] : []),
    deviceTable([`${device.dtype} on ${device.target}`, 'before', 'after'], rows),
    '',
    ...(structured ? [goalLine(structured)] : []),
    ...(sparsity ? [zerosLine(after)] : []),
    ...(accuracy ? [accuracyLine(pruned, accuracy)] : []),
    `${output}: ${bytes(pruned.bytes.after)}, was ${bytes(pruned.bytes.before)}`,
  ].join('\n');
}

function accuracyLine({ training }: PrunedFile, accuracy: PrunedAccuracy): string {
  const { samples, before, sparsified, pruned, finetuned } = accuracy;
  const trained = sparsified !== null || finetuned !== null;
  const stages = [
    `${percent(before)} before`,
    ...(sparsified === null ? [] : [`${percent(sparsified)} sparsified`]),
    ...(pruned === null ? [] : [`${percent(pruned)} ${trained ? 'pruned' : 'after'}`]),
    ...(finetuned === null
      ? []
      : [`${percent(finetuned)} after ${plural(training.length, 'epoch')} of fine-tuning`]),
  ];
  return `accuracy on ${plural(samples, 'sample')}${trained ? ' held out' : ''}: ${stages.join(', ')}`;
}

function zerosLine({ weightsBytes, packedWeightsBytes }: PlannedFootprint): string {
  const less = weightsBytes - packedWeightsBytes;
  return less > 0
    ? `--pack-weights leaves zeros away wherever that is smaller, which saves ${count(less)} B`
    : 'there are too few zeros for --pack-weights to save anything';
}

function goalLine({ goal: { metric, limit, after } }: StructuredReport): string {
  return `goal: ${metric} at most ${count(limit)}, reached ${count(after)}`;
}

function channelTable({ layers }: StructuredReport): string {
  const arrow = ({ before, after }: Change) =>
    before === after ? count(before) : `${count(before)} → ${count(after)}`;
  return table(
    [
      { title: 'layer' },
      { title: 'type' },
      { title: 'channels', align: right },
      { title: 'MACs', align: right },
      { title: 'parameters', align: right },
    ],
    layers.map(({ name, type, channels, macs, params }) => [
      shorten(name),
      type,
      arrow(channels),
      arrow(macs),
      arrow(params),
    ]),
  );
}

function sparsityTable(layers: readonly LayerSparsity[]): string {
  const sum = (of: (layer: LayerSparsity) => number) => layers.reduce((n, layer) => n + of(layer), 0);
  const whole = { name: 'all', type: '', weights: sum((l) => l.weights), zeros: sum((l) => l.zeros) };
  return table(
    [
      { title: 'layer' },
      { title: 'type' },
      { title: 'weights', align: right },
      { title: 'not 0', align: right },
      { title: 'sparsity', align: right },
    ],
    [...layers, whole].map(({ name, type, weights, zeros }) => [
      shorten(name),
      type,
      count(weights),
      count(weights - zeros),
      percent(zeros / weights),
    ]),
  );
}
