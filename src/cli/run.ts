/** `crimp run`: inference on the device. */
import type { Command } from 'commander';
import { type DeviceOptions, deviceOptions, openMeasurement, withRunner } from './device_options.js';
import { addVerb } from './verb.js';

interface Options extends DeviceOptions {
  output?: string;
  raw?: boolean;
}

export function runVerb(program: Command): void {
  addVerb<Options>(program, {
    usage: 'run <model-or-build>',
    summary: 'inference on the device',
    description: 'Runs the model on the device; without --output it prints the first answers.',
    examples: [
      'run model_int8.tflite --target pico --input test.npz --output answers.npz',
      'run build --port /dev/ttyACM0 --input samples.bin',
    ],
    options: (command) =>
      deviceOptions(command)
        .option('-o, --output <file>', '.npz, .npy or .bin')
        .option('--raw', 'integers in and out, no quantization or dequantization'),
    async action([model], options, io) {
      const { formatOfPath, writeOutputs } = await import('../data/index.js');
      const { runSamples } = await import('../measure/run.js');
      const { answersDocument, formatAnswers } = await import('../report/simulation.js');
      const { output, raw } = options;
      if (output !== undefined) formatOfPath(output);
      const { subject, samples } = await openMeasurement(model!, options, io);
      return withRunner(subject, options, io, async (runner) => {
        const { graph } = runner.compiled;
        const run = await runSamples(runner, samples, io.progress('run'));
        if (output !== undefined) writeOutputs(output, graph, run.outputs, { raw });
        const shown = { file: output, raw };
        return {
          document: answersDocument(graph, run, shown),
          text: `${runner.target.title}: ${formatAnswers(graph, run, 'run', shown)}`,
        };
      });
    },
  });
}
