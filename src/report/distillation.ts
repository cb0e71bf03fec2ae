/** The text of a distillation. */
import type { DistilledFile } from '../distill_file.js';
import { count, percent, plural } from './table.js';
import { formatHistory } from './training.js';

export function formatDistillation(document: DistilledFile): string {
  const { output, samples, temperature, alpha, macs, accuracy, epoch, history } = document;
  const lines = [
    `${plural(samples, 'sample')}, temperature ${temperature}, alpha ${alpha}`,
    `MACs: teacher ${count(macs.teacher)}, student ${count(macs.student)}`,
  ];
  if (accuracy) {
    const { teacher, before, after, heldOut } = accuracy;
    const on = `${plural(accuracy.samples, heldOut ? 'held-out sample' : 'sample')}${heldOut ? '' : ' of the training'}`;
    lines.push(
      `accuracy on ${on}: teacher ${percent(teacher)}, student ${percent(before)} before, ${percent(after)} after`,
    );
  }
  return [formatHistory(history), '', ...lines, `${output}: weights of epoch ${epoch}`].join('\n');
}
