/** The text of a distillation. */
import type { LayerLoss } from '../compress/distill/layer_losses.js';
import type { DistilledDevice, DistilledFile } from '../distill_file.js';
import { count, percent, plural, table } from './table.js';
import { formatHistory } from './training.js';

const right = 'right' as const;

const compared: Readonly<Record<LayerLoss, string>> = {
  features: 'their values',
  attention: 'where they look',
  similarity: 'which samples are alike',
};

export function formatDistillation(document: DistilledFile): string {
  const { output, samples, temperature, alpha, layers, accuracy, epoch, history } = document;
  const lines = [`${plural(samples, 'sample')}, temperature ${temperature}, alpha ${alpha}`];
  for (const { teacher, student, loss, weight } of layers) {
    lines.push(`${teacher} of the teacher, ${student} of the student: ${compared[loss]}, weight ${weight}`);
  }
  if (accuracy) {
    const { teacher, before, after, heldOut } = accuracy;
    const on = `${plural(accuracy.samples, heldOut ? 'held-out sample' : 'sample')}${heldOut ? '' : ' of the training'}`;
    lines.push(
      `accuracy on ${on}: teacher ${percent(teacher)}, student ${percent(before)} before, ${percent(after)} after`,
    );
  }
  return [
    ...[formatHistory(history), '', sizes(document), ''],
    ...[...lines, `${output}: weights of epoch ${epoch}`],
  ].join('\n');
}

function sizes({ macs, device }: DistilledFile): string {
  const rows = [['MACs', macs.teacher, macs.student] as const, ...onDevice(device)];
  return table(
    [
      { title: `on ${device.target}` },
      { title: `teacher, ${device.teacher.dtype}`, align: right },
      { title: `student, ${device.student.dtype}`, align: right },
      { title: 'its share', align: right },
    ],
    rows.map(([name, teacher, student]) => [
      name,
      count(teacher),
      count(student),
      percent(student / teacher),
    ]),
  );
}

function onDevice({ teacher, student }: DistilledDevice): (readonly [string, number, number])[] {
  const planned = [
    ['weights and tables, flash B', teacher.weightsBytes, student.weightsBytes],
    ['  with --pack-weights', teacher.packedWeightsBytes, student.packedWeightsBytes],
    ['arena, RAM B', teacher.arenaBytes, student.arenaBytes],
  ] as const;
  if (!('cycles' in teacher && 'cycles' in student)) return [...planned];
  return [
    ...planned,
    ['whole firmware, flash B', teacher.flashBytes, student.flashBytes],
    ['cycles', teacher.cycles, student.cycles],
  ];
}
