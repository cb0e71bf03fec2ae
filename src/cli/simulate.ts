/** `crimp simulate`: what the model answers, bit for bit as on the device. */
import type { Command } from 'commander';
import { readModelFile } from '../model_file.js';
import { addVerb } from './verb.js';

interface Options {
  input: string;
  output?: string;
  raw?: boolean;
}

export function simulateVerb(program: Command): void {
  addVerb<Options>(program, {
    usage: 'simulate <model>',
    summary: 'run the bit-exact simulator over a file of samples',
    examples: [
      'simulate model.tflite --input test.npz --output answers.npz',
      'simulate model.tflite --input samples.bin --output outputs.bin',
    ],
    options: (command) =>
      command
        .requiredOption('-i, --input <file>', '.npz, .npy (real values) or .bin (raw tensors)')
        .option('-o, --output <file>', '.npz, .npy or .bin')
        .option('--raw', 'integers in and out, no quantization or dequantization'),
    async action([model], options, io) {
      const { importModel } = await import('../importers/index.js');
      const { readSamples, writeOutputs } = await import('../data/index.js');
      const { simulateSamples } = await import('../measure/simulate.js');
      const { formatSimulation } = await import('../report/simulation.js');
      const file = readModelFile(model!);
      const graph = importModel(file.bytes, file);
      const samples = readSamples(options.input, graph, { raw: options.raw });
      const simulation = simulateSamples(graph, samples, io.progress('simulate'));
      if (options.output) writeOutputs(options.output, graph, simulation.outputs, { raw: options.raw });
      const { samples: n, accuracy } = simulation;
      const document = { samples: n, accuracy: accuracy ?? null, output: options.output ?? null };
      return { document, text: formatSimulation(graph, simulation, options.output) };
    },
  });
}
