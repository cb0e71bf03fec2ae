/** `crimp simulate`: what the model answers, bit for bit as on the device. */
import type { Command } from 'commander';
import { addDataOptions, type DataFlags, dataFormats, readOptionsOf } from './data_options.js';
import { addVerb } from './verb.js';

interface Options extends DataFlags {
  input: string;
  output?: string;
  raw?: boolean;
}

export function simulateVerb(program: Command): void {
  addVerb<Options>(program, {
    usage: 'simulate <model>',
    summary: 'the bit-exact simulator over a file of samples',
    description: 'Runs the bit-exact simulator over a file of samples.',
    examples: [
      'simulate model.tflite --input test.npz --output answers.npz',
      'simulate model.tflite --input samples.bin --output outputs.bin',
    ],
    options: (command) =>
      addDataOptions(command.requiredOption('-i, --input <file>', `samples: ${dataFormats}`))
        .option('-o, --output <file>', '.npz, .npy or .bin')
        .option('--raw', 'integers in and out, no quantization or dequantization'),
    async action([model], options, io) {
      const { importModel } = await import('../importers/index.js');
      const { formatOfPath, loadSamples, writeOutputs } = await import('../data/index.js');
      const { simulateSamples } = await import('../measure/simulate.js');
      const { answersDocument, formatAnswers } = await import('../report/simulation.js');
      const { input, output, raw } = options;
      if (output !== undefined) formatOfPath(output);
      const file = io.readModel(model!);
      const graph = importModel(file.bytes, file);
      const samples = await loadSamples(input, graph, { raw, ...(await readOptionsOf(options, io)) });
      const simulation = io.synchronously(() => simulateSamples(graph, samples, io.progress('simulate')));
      if (output !== undefined) writeOutputs(output, graph, simulation.outputs, { raw });
      const shown = { file: output, raw };
      return {
        document: answersDocument(graph, simulation, shown),
        text: formatAnswers(graph, simulation, 'simulated', shown),
      };
    },
  });
}
