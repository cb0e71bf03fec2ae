/** `crimp check`: the model in the runtime that its user knows, beside the simulator. */
import type { Command } from 'commander';
import { Exit } from '../diagnostics.js';
import { addDataOptions, type DataFlags, dataFormats, readOptionsOf } from './data_options.js';
import { wholeNumber } from './device_options.js';
import { addVerb } from './verb.js';

interface Options extends DataFlags {
  data?: string;
  raw?: boolean;
  samples?: string;
  seed?: string;
  layers?: boolean;
}

export function checkVerb(program: Command): void {
  addVerb<Options>(program, {
    usage: 'check <model>',
    summary: 'the runtime that you know, beside the simulator',
    description:
      'Runs the model in the runtime that it comes from and in crimp’s simulator, and compares: a .tflite with TensorFlow Lite (@tensorflow/tfjs-tflite), an .onnx with ONNX Runtime (onnxruntime-web), a model.json with TensorFlow.js. What differs is looked at layer by layer, and named where it is known. Exit code 1: something else differs.',
    examples: [
      'check model_int8.tflite',
      'check model_int8.tflite --data test.npz --layers',
      'check model.onnx',
    ],
    options: (command) =>
      addDataOptions(
        command.option('-d, --data <file>', `samples: ${dataFormats}; random values when absent`),
      )
        .option('--raw', 'data are integers of the inputs’ own')
        .option(
          '-n, --samples <count>',
          'how many samples at the most (default: all of the file, 10 random ones)',
        )
        .option('--seed <number>', 'of random samples (default: 1)')
        .option('--layers', 'a table of all layers; of a .tflite or .onnx'),
    async action([model], options, io) {
      const { checkFile } = await import('../check_file.js');
      const { formatCheck } = await import('../report/check.js');
      const { data, samples, seed, layers, raw } = options;
      const count = (text: string | undefined, flag: string) =>
        text === undefined ? undefined : wholeNumber(text, flag);
      const checked = await checkFile(io.readModel(model!), {
        ...(await readOptionsOf(options, io)),
        file: data,
        raw,
        samples: count(samples, '--samples'),
        seed: count(seed, '--seed'),
        layers,
        progress: io.progress,
      });
      return {
        document: checked,
        text: formatCheck(checked, layers),
        diagnostics: checked.diagnostics,
        exitCode: checked.verdict === 'differs' ? Exit.checkFailed : Exit.ok,
      };
    },
  });
}
