/** `crimp generate`: the model as plain C99. */
import type { Command } from 'commander';
import { type CompileFlags, compileOptions } from './compile_options.js';
import { addVerb } from './verb.js';

interface Options extends CompileFlags {
  target: string;
  output: string;
  name?: string;
}

export function generateVerb(program: Command): void {
  addVerb<Options>(program, {
    usage: 'generate <model>',
    summary: 'a model as plain C99 that compiles alone',
    description: 'Writes the model as plain C99 that compiles alone.',
    examples: [
      'generate model_int8.tflite --target pico -o src/model',
      'generate kws.tflite --name kws --optimize size -o .',
    ],
    options: (command) =>
      compileOptions(command)
        .option('-t, --target <name>', 'the board whose kernels to use', 'host')
        .requiredOption('-o, --output <folder>', 'where the files go')
        .option('--name <identifier>', 'what every C symbol begins with (default: the file’s name)'),
    async action([model], { target, output, name, packWeights, optimize }, io) {
      const { generateFiles } = await import('../generate.js');
      const { formatSources } = await import('../report/sources.js');
      const document = await generateFiles(io.readModel(model!), {
        target,
        folder: output,
        name,
        packWeights,
        optimize,
      });
      return { document, text: formatSources(document) };
    },
  });
}
