/** The text of a distillation. */
import type { LayerLoss } from '../compress/distill/layer_losses.js';
import type { DistilledFile } from '../distill_file.js';
import { deviceRows, deviceTable } from './device.js';
import { percent, plural } from './table.js';
import { formatHistory } from './training.js';

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
  const { target, teacher, student } = device;
  return deviceTable(
    [`on ${target}`, `teacher, ${teacher.dtype}`, `student, ${student.dtype}`],
    [['MACs', macs.teacher, macs.student], ...deviceRows(teacher, student)],
  );
}
