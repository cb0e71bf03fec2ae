/** The text of a quantization. */
import type { QuantizedFile } from '../quantize_file.js';
import { deviceRows, deviceTable } from './device.js';
import { bytes, count, percent, plural, shorten, table } from './table.js';
import { formatHistory } from './training.js';

export function formatQuantization(quantized: QuantizedFile): string {
  const { layers, output, device, training } = quantized;
  const clustered = quantized.clusters !== null;
  const decibel = (db: number | null) => (db === null ? '' : db.toFixed(1));
  const range = ({ min, max }: { min: number; max: number }) =>
    `${min.toPrecision(3)} … ${max.toPrecision(3)}`;
  const right = 'right' as const;
  const rows = layers.map((layer, i) => [
    i,
    shorten(layer.name),
    layer.type,
    decibel(layer.sqnr),
    layer.weights ?? '',
    ...(clustered ? [layer.codebook ?? ''] : []),
    decibel(layer.weightsSqnr),
    range(layer.observed),
    range(layer.covered),
  ]);
  return [
    table(
      [
        { title: '#', align: right },
        { title: 'layer' },
        { title: 'type' },
        { title: 'SQNR dB', align: right },
        { title: 'weights' },
        ...(clustered ? [{ title: 'distinct', align: right }] : []),
        { title: 'their dB', align: right },
        { title: 'observed' },
        { title: 'covered' },
      ],
      rows,
    ),
    '',
    ...(training ? [formatHistory(training.history), ''] : []),
    deviceTable(
      [`on ${device.target}`, device.float.dtype, device.quantized.dtype],
      deviceRows(device.float, device.quantized),
    ),
    '',
    method(quantized),
    ...accuracies(quantized),
    `${output}: ${bytes(quantized.bytes.quantized)}, float was ${bytes(quantized.bytes.float)}`,
  ].join('\n');
}

function accuracies({ accuracy, training }: QuantizedFile): string[] {
  const trained = training
    ? [`trained on ${plural(training.samples, 'sample')}; weights of epoch ${training.epoch}`]
    : [];
  if (!accuracy) return trained;
  const [float, quantized] = [percent(accuracy.float), percent(accuracy.quantized)];
  if (!training) return [`accuracy on them: float ${float}, quantized ${quantized}`];
  const { samples, heldOut } = training.evaluated;
  const where = `${count(samples)} ${heldOut ? 'held-out' : 'calibration'} samples`;
  const before = percent(training.before ?? 0);
  return [
    ...trained,
    `accuracy on ${where}: float ${float}, quantized ${before}, quantized and trained ${quantized}`,
  ];
}

/** `int8 activations, int4 weights, biases corrected; calibrated by mse on 300 samples` */
function method(quantized: QuantizedFile): string {
  const { activations, weights, clusters, rounding, equalized, biasCorrected, calibrator, samples } =
    quantized;
  const steps = [
    `${activations} activations`,
    `${weights} weights`,
    ...(clusters === null ? [] : [`${clusters} clusters a layer`]),
    ...(rounding === 'data' ? ['rounded by their sums'] : []),
    ...(equalized ? ['channels equalized'] : []),
    ...(biasCorrected ? ['biases corrected'] : []),
  ];
  return `${steps.join(', ')}; calibrated by ${calibrator} on ${plural(samples, 'sample')}`;
}
