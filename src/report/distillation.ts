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
  const { output, samples, temperature, alpha, layers, accuracy, history, qat } = document;
  const lines = [`${plural(samples, 'sample')}, temperature ${temperature}, alpha ${alpha}`];
  for (const { teacher, student, loss, weight } of layers) {
    lines.push(`${teacher} of the teacher, ${student} of the student: ${compared[loss]}, weight ${weight}`);
  }
  if (accuracy) {
    const { teacher, before, float, after, heldOut } = accuracy;
    const between = float === null ? '' : ` ${percent(float)} in float,`;
    const on = `${plural(accuracy.samples, heldOut ? 'held-out sample' : 'sample')}${heldOut ? '' : ' of the training'}`;
    lines.push(
      `accuracy on ${on}: teacher ${percent(teacher)}, student ${percent(before)} before,${between} ${percent(after)} after`,
    );
  }
  return [
    ...[formatHistory(history), ''],
    ...(qat ? ['as its integers compute:', formatHistory(qat.history), ''] : []),
    ...[sizes(document), '', ...lines, `${output}: weights of epoch ${(qat ?? document).epoch}`],
  ].join('\n');
}

function sizes({ macs, device }: DistilledFile): string {
  const { target, teacher, student } = device;
  return deviceTable(
    [`on ${target}`, `teacher, ${teacher.dtype}`, `student, ${student.dtype}`],
    [['MACs', macs.teacher, macs.student], ...deviceRows(teacher, student)],
  );
}
