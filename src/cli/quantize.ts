/** `crimp quantize`: a float model to int8, from calibration data. */
import { type Command, Option } from 'commander';
import type { QuantizeFileOptions } from '../compress/quantize/file.js';
import { readModelFile } from '../model_file.js';
import { addVerb } from './verb.js';

export function quantizeVerb(program: Command): void {
  addVerb<QuantizeFileOptions>(program, {
    usage: 'quantize <model>',
    summary: 'a float model to int8, by calibration data',
    description:
      'Quantizes a float model to int8 after training, and reports accuracy and per-layer SQNR against float.',
    examples: [
      'quantize model.tflite --data calibration.npz -o model_int8.tflite',
      'quantize model.tflite --data calibration.npz --calibrator kl -o model_int8.tflite --json',
    ],
    options: (command) =>
      command
        .requiredOption('-d, --data <file>', 'calibration samples: .npz (x, labels y if any) or .npy')
        .requiredOption('-o, --output <file>', 'where the int8 .tflite goes')
        .addOption(
          new Option('-c, --calibrator <name>', 'how activation ranges are chosen').choices([
            'minmax',
            'percentile',
            'mse',
            'kl',
          ]),
        )
        .addOption(
          new Option('--io <dtype>', 'dtype of the model’s inputs and outputs')
            .choices(['int8', 'float'])
            .default('int8'),
        )
        .option('--allow-collapse', 'write the file even when accuracy or SQNR collapses'),
    async action([model], options, io) {
      const { quantizeFile } = await import('../compress/quantize/file.js');
      const { formatQuantization } = await import('../report/quantization.js');
      const file = readModelFile(model!);
      const document = io.synchronously(() => quantizeFile(file, options, io.progress('quantize')));
      return { document, text: formatQuantization(document) };
    },
  });
}
