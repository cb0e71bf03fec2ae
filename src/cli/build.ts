/** `crimp build`: a model to firmware. */
import type { Command } from 'commander';
import { defaultTarget } from '../../targets/index.js';
import { type CompileFlags, compileOptions } from './compile_options.js';
import { addVerb } from './verb.js';

interface Options extends CompileFlags {
  target: string;
  output: string;
  name?: string;
}

export function buildVerb(program: Command): void {
  addVerb<Options>(program, {
    usage: 'build <model>',
    summary: 'firmware, its sizes read from the ELF',
    description:
      'Builds firmware: firmware.elf, .bin, .uf2 where the board takes it, the C sources, and report.json with sizes read from the ELF.',
    examples: [
      'build model_int8.tflite --target pico -o build',
      'build sparse_int8.tflite --pack-weights -o build',
      'build model_int8.tflite --optimize ram -o build',
      'build model_int8.tflite --target host -o build --json',
    ],
    options: (command) =>
      compileOptions(command)
        .option('-t, --target <name>', 'the board', defaultTarget.name)
        .requiredOption('-o, --output <folder>', 'where the files go')
        .option('--name <identifier>', 'what every C symbol begins with (default: the file’s name)'),
    async action([model], { target, output, name, packWeights, optimize }, io) {
      const { buildModel } = await import('../build_model.js');
      const { formatBuild } = await import('../report/build.js');
      const onProgress = io.progress('compile');
      const document = await buildModel(io.readModel(model!), {
        target,
        directory: output,
        name,
        packWeights,
        optimize,
        onProgress,
      });
      return { document, text: formatBuild(document, output) };
    },
  });
}
