/** How the learning rate goes over a training. */

/** `step`: after every so many epochs it is multiplied by `factor`, 0.1 unless given. */
export type Schedule = 'constant' | 'cosine' | { readonly step: number; readonly factor?: number };

/** @param epoch from 0, with the part of it that is done; @param epochs of the whole training */
export function learningRateAt(schedule: Schedule, peak: number, epoch: number, epochs: number): number {
  if (schedule === 'constant') return peak;
  if (schedule === 'cosine') return (peak * (1 + Math.cos((Math.PI * epoch) / epochs))) / 2;
  return peak * (schedule.factor ?? 0.1) ** Math.floor(epoch / schedule.step);
}
