/** `crimp bench`: cycles of an inference and of each layer, measured by the device. */
import type { Command } from 'commander';
import { type DeviceOptions, deviceOptions, openMeasurement, withRunner } from './device_options.js';
import { addVerb } from './verb.js';

export function benchVerb(program: Command): void {
  addVerb<DeviceOptions>(program, {
    usage: 'bench <model-or-build>',
    summary: 'cycles on the device, in all and by layer',
    description: 'Measures cycles on the device, for the whole model and for each layer.',
    examples: [
      'bench model_int8.tflite --target pico',
      'bench model_int8.tflite --target pico --xip',
      'bench model_int8.tflite --target pico --optimize speed',
      'bench build --port /dev/ttyACM0 --input test.npz --json',
    ],
    options: (command) =>
      deviceOptions(command).option(
        '--xip [cycles]',
        'virtual board: also count with its flash cache modelled, at so many cycles a missed line',
      ),
    async action([model], options, io) {
      const { bench } = await import('../measure/bench.js');
      const { formatBench } = await import('../report/bench.js');
      const { subject, samples } = await openMeasurement(model!, options, io);
      const measure = (xip: DeviceOptions['xip'], label: string) =>
        withRunner(subject, { ...options, xip }, io, (runner) => bench(runner, samples, io.progress(label)));
      const document = await measure(undefined, 'bench');
      const withXipCache =
        options.xip === undefined ? undefined : await measure(options.xip, 'bench with flash cache');
      return {
        document: { ...document, withXipCache },
        text: formatBench(document, subject.target, { withXipCache }),
      };
    },
  });
}
