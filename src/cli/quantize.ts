/** `crimp quantize`: a float model to integers, from calibration data. */
import { type Command, Option } from 'commander';
import { defaultTarget } from '../../targets/index.js';
import { inputError } from '../diagnostics.js';
import type { QuantizeFileOptions } from '../quantize_file.js';
import type { TrainProgress } from '../train/options.js';
import { addDataOptions, type DataFlags, dataFormats, readOptionsOf } from './data_options.js';
import { addQatOptions, type QatFlags, splitQatOptions } from './qat_options.js';
import { addVerb } from './verb.js';

interface Options
  extends DataFlags,
    QatFlags,
    Omit<QuantizeFileOptions, 'int4Sqnr' | 'clusters' | 'reading' | 'training'> {
  int4Sqnr?: string;
  clusters?: string;
}

export function quantizeVerb(program: Command): void {
  addVerb<Options>(program, {
    usage: 'quantize <model>',
    summary: 'a float model to int8, int16×8 or int4, by data',
    description:
      'Quantizes a float model by calibration data, with --qat by more training in which each answer is the integers’ own. Reports accuracy and per-layer SQNR against float, and what is saved on the device.',
    examples: [
      'quantize model.tflite --data calibration.npz -o model_int8.tflite',
      'quantize model.tflite --data calibration.npz --calibrator kl -o model_int8.tflite --json',
      'quantize model.tflite --data calibration.npz --activations int16 -o model_int16.tflite',
      'quantize sparse.tflite --data calibration.npz --clusters 16 -o model_int8.tflite',
      'quantize model.tflite --data calibration.npz --weights int4 --rounding data --correct-bias -o model_int4.tflite',
      'quantize model.tflite --data train.npz --weights int4 --qat 4 --validation test.npz -o model_int4.tflite',
    ],
    options: (command) =>
      addQatOptions(
        addDataOptions(
          command
            .requiredOption('-d, --data <file>', `calibration samples, with labels if any: ${dataFormats}`)
            .requiredOption('-o, --output <file>', 'where the quantized model goes: .tflite or .onnx'),
          { recorded: true },
        )
          .addOption(
            new Option('-c, --calibrator <name>', 'how activation ranges are chosen').choices([
              'minmax',
              'percentile',
              'mse',
              'kl',
            ]),
          )
          .addOption(
            new Option('--activations <dtype>', 'int16 keeps 8 bits more, at twice the RAM')
              .choices(['int8', 'int16'])
              .default('int8'),
          )
          .addOption(
            new Option('--weights <dtype>', 'int4 takes half the flash')
              .choices(['int8', 'int4'])
              .default('int8'),
          )
          .option('--int4-sqnr <dB>', 'layers whose int4 weights would have a lower SQNR keep int8')
          .option(
            '--clusters <count>',
            'at most so many distinct weights in a layer, for `build --pack-weights`',
          )
          .addOption(
            new Option(
              '--rounding <method>',
              'data: round a channel’s weights together, by their sums on the data',
            )
              .choices(['nearest', 'data'])
              .default('nearest'),
          )
          .option('--equalize', 'equalize the channels of successive layers first')
          .option('--correct-bias', 'take each channel’s mean error on the data out of its bias')
          .addOption(
            new Option(
              '--io <dtype>',
              'dtype of the model’s inputs and outputs (default: that of the activations)',
            ).choices(['int8', 'int16', 'float']),
          )
          .option('--integer-only', 'refuse layers that would stay in float for want of an integer kernel')
          .option(
            '--streaming',
            'state carries over from sample to sample while calibrating (default: by the model)',
          )
          .option('--no-streaming', 'each sample begins with the initial state')
          .option(
            '-t, --target <name>',
            'the board whose flash, RAM and cycles are counted',
            defaultTarget.name,
          )
          .option('--measure', 'build and run firmware of both, for its flash and cycles')
          .option('--allow-collapse', 'write the file even when accuracy or SQNR collapses'),
      ),
    async action([model], { int4Sqnr, clusters, labelColumn, normalize, ...others }, io) {
      const { training, rest } = splitQatOptions(others);
      const { quantizeFile } = await import('../quantize_file.js');
      const { formatQuantization } = await import('../report/quantization.js');
      const { formatTrainProgress } = await import('../report/training.js');
      const progress = io.progress('quantize');
      const options = {
        ...rest,
        reading: await readOptionsOf({ labelColumn, normalize }, io),
        int4Sqnr: decibels(int4Sqnr, rest.weights),
        clusters: clusters === undefined ? undefined : Number(clusters),
        training: training && {
          ...training,
          onProgress: (p: TrainProgress) => progress(p.step, p.steps, formatTrainProgress(p)),
        },
      };
      const file = io.readModel(model!);
      const document = await quantizeFile(file, options, progress, io.synchronously);
      return { document, text: formatQuantization(document), diagnostics: document.warnings };
    },
  });
}

function decibels(text: string | undefined, weights: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (text.trim() !== '' && Number.isFinite(value) && weights === 'int4') return value;
  const message = `--int4-sqnr takes decibels, beside --weights int4; not ${JSON.stringify(text)} beside ${weights}`;
  throw inputError('bad-usage', message, 'Say --weights int4 --int4-sqnr 15.');
}
