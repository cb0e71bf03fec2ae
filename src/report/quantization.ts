/** The text of a quantization. */
import type { QuantizedFile } from '../compress/quantize/file.js';
import { bytes, percent, plural, shorten, table } from './table.js';

export function formatQuantization(quantized: QuantizedFile): string {
  const { accuracy, layers, samples, calibrator, output } = quantized;
  const decibel = (db: number | null) => (db === null ? '' : db.toFixed(1));
  const range = ({ min, max }: { min: number; max: number }) =>
    `${min.toPrecision(3)} … ${max.toPrecision(3)}`;
  const right = 'right' as const;
  const rows = layers.map((layer, i) => [
    i,
    shorten(layer.name),
    layer.type,
    decibel(layer.sqnr),
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
        { title: 'weights dB', align: right },
        { title: 'observed' },
        { title: 'covered' },
      ],
      rows,
    ),
    '',
    `calibrated by ${calibrator} on ${plural(samples, 'sample')}`,
    ...(accuracy
      ? [`accuracy on them: float ${percent(accuracy.float)}, int8 ${percent(accuracy.int8)}`]
      : []),
    `${output}: ${bytes(quantized.bytes.int8)}, float was ${bytes(quantized.bytes.float)}`,
  ].join('\n');
}
