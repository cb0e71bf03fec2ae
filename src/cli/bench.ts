/** `crimp bench`: cycles of an inference and of each layer, measured by the device. */
import type { Command } from 'commander';
import { type DeviceOptions, deviceOptions, withDevice } from './device_options.js';
import { addVerb } from './verb.js';

export function benchVerb(program: Command): void {
  addVerb<DeviceOptions>(program, {
    usage: 'bench <model-or-build>',
    summary: 'measure cycles on the device, for the whole and by layer',
    examples: [
      'bench model_int8.tflite --target pico',
      'bench model_int8.tflite --target pico --xip',
      'bench build --port /dev/ttyACM0 --input test.npz --json',
    ],
    options: (command) =>
      deviceOptions(command).option(
        '--xip [cycles]',
        'virtual board: also count with its flash cache modelled, at so many cycles a missed line',
      ),
    action: async ([subject], options, io) => {
      const { bench } = await import('../measure/bench.js');
      const { formatBench } = await import('../report/bench.js');
      const measure = (xip: DeviceOptions['xip'], label: string) =>
        withDevice(subject!, { ...options, xip }, io, async ({ runner, samples }) => ({
          document: await bench(runner, samples, io.progress(label)),
          target: runner.target,
        }));
      const { document, target } = await measure(undefined, 'bench');
      if (options.xip === undefined)
        return { document, text: formatBench(document, target.title, target.clockHz) };
      const withXipCache = (await measure(options.xip, 'bench with flash cache')).document;
      const text = [
        formatBench(document, target.title, target.clockHz),
        '\nwith the flash cache modelled:\n',
        formatBench(withXipCache, target.title, target.clockHz),
      ].join('\n');
      return { document: { ...document, withXipCache }, text };
    },
  });
}
