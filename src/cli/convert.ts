/** `crimp convert`: a model as .tflite or as .onnx. */
import type { Command } from 'commander';
import { addVerb } from './verb.js';

interface Options {
  output: string;
}

export function convertVerb(program: Command): void {
  addVerb<Options>(program, {
    usage: 'convert <model>',
    summary: 'any model that crimp reads as a .tflite or an .onnx',
    description:
      'Writes the model as a .tflite or as an .onnx (operator set 21; integers as QuantizeLinear and DequantizeLinear), for other runtimes to run.',
    examples: [
      'convert model.onnx -o model.tflite',
      'convert model_int8.tflite -o model_int8.onnx',
      'convert model.json -o model.onnx --json',
    ],
    options: (command) =>
      command.requiredOption('-o, --output <file>', 'where the model goes: its ending is the format'),
    async action([model], { output }, io) {
      const { convertFile } = await import('../convert_file.js');
      const { formatConversion } = await import('../report/conversion.js');
      const document = convertFile(io.readModel(model!), output);
      return { document, text: formatConversion(document) };
    },
  });
}
