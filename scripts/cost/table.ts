/** Predictions beside measurements, as the README shows them. */
import type { Coefficients } from '../../codegen/cost/cost_model.js';
import { costModel } from '../../codegen/cost/cost_model.js';
import { count } from '../../src/report/table.js';
import type { Target } from '../../targets/target.js';
import { benchModels } from '../bench/models.js';
import { markdown } from '../readme.js';
import { accuracyOf } from './accuracy.js';
import { readMeasurements } from './measurements.js';

export function formatAccuracy(target: Target, coefficients: Coefficients): string {
  const cost = costModel(coefficients, target.core);
  const percent = (share: number, digits = 1) => `${(100 * share).toFixed(digits)} %`;
  const rows = readMeasurements(target.core).models.map(({ model, layers }) => {
    const { predicted, measured, median, within } = accuracyOf(layers, cost);
    const { title } = benchModels.find(({ name }) => name === model)!;
    const error = predicted / measured - 1;
    return [
      title,
      count(Math.round(predicted)),
      count(measured),
      `${error < 0 ? '−' : '+'}${percent(Math.abs(error))}`,
      percent(median),
      percent(within, 0),
    ];
  });
  const header = [
    `${target.title}: model`,
    `predicted ${target.firmware!.counts}`,
    ...['measured', 'error', 'of a layer, median', 'spent in layers within 10 %'],
  ];
  return markdown(header, 'lrrrrr', rows);
}
