/** `crimp validate`: is every byte that the device returns the simulator's? */
import type { Command } from 'commander';
import { Exit } from '../diagnostics.js';
import { type DeviceOptions, deviceOptions, openMeasurement, withRunner } from './device_options.js';
import { addVerb } from './verb.js';

interface Options extends DeviceOptions {
  tensors?: boolean;
}

export function validateVerb(program: Command): void {
  addVerb<Options>(program, {
    usage: 'validate <model-or-build>',
    summary: 'the device against the simulator, byte for byte',
    description: 'Compares the device with the simulator, byte for byte. Exit code 1: something differs.',
    examples: [
      'validate model_int8.tflite --target pico',
      'validate build --port /dev/ttyACM0 --input test.npz --tensors',
    ],
    options: (command) =>
      deviceOptions(command).option('--tensors', 'compare every intermediate tensor, not only the outputs'),
    async action([model], options, io) {
      const { validate } = await import('../measure/validate.js');
      const { formatValidation } = await import('../report/validation.js');
      const { subject, samples } = await openMeasurement(model!, options, io);
      return withRunner(subject, options, io, async (runner) => {
        const onProgress = io.progress('validate');
        const document = await validate(runner, samples, { tensors: options.tensors, onProgress });
        const text = formatValidation(document, runner.target.title);
        return { document, text, exitCode: document.exact ? Exit.ok : Exit.checkFailed };
      });
    },
  });
}
