/** `crimp run`: inference on the device. */
import type { Command } from 'commander';
import { type DeviceOptions, deviceOptions, withDevice } from './device_options.js';
import { addVerb } from './verb.js';

interface Options extends DeviceOptions {
  output?: string;
  raw?: boolean;
}

export function runVerb(program: Command): void {
  addVerb<Options>(program, {
    usage: 'run <model-or-build>',
    summary: 'run the model on the device',
    examples: [
      'run model_int8.tflite --target pico --input test.npz --output answers.npz',
      'run build --port /dev/ttyACM0 --input samples.bin',
    ],
    options: (command) =>
      deviceOptions(command)
        .option('-o, --output <file>', '.npz, .npy or .bin')
        .option('--raw', 'integers in and out, no quantization or dequantization'),
    action: ([subject], options, io) =>
      withDevice(subject!, options, io, async ({ runner, samples }) => {
        const { runSamples } = await import('../measure/run.js');
        const { formatSimulation } = await import('../report/simulation.js');
        const { writeOutputs } = await import('../data/index.js');
        const { graph } = runner.compiled;
        const run = await runSamples(runner, samples, io.progress('run'));
        if (options.output) writeOutputs(options.output, graph, run.outputs, { raw: options.raw });
        const { samples: n, accuracy, cycles } = run;
        const document = { samples: n, accuracy: accuracy ?? null, cycles, output: options.output ?? null };
        return { document, text: formatSimulation(graph, run, options.output) };
      }),
  });
}
