/** `crimp analyze`: what is in a model, what it costs, and whether it fits. */
import type { Command } from 'commander';
import { Exit } from '../diagnostics.js';
import { type PackOption, packOption } from './pack_option.js';
import { addVerb } from './verb.js';

export function analyzeVerb(program: Command): void {
  addVerb<{ target: string } & PackOption>(program, {
    usage: 'analyze <model>',
    summary: 'operators, shapes, MACs, flash, RAM; does it fit?',
    description:
      'Tells what is in a model and what it costs: operators, shapes, MACs, weights and peak RAM; what is unsupported and why; whether it fits. Exit code 2: it cannot be compiled, or does not fit.',
    examples: ['analyze model.tflite', 'analyze model.tflite --target pico --json'],
    options: (command) => packOption(command.option('-t, --target <name>', 'the board to plan for', 'host')),
    async action([model], { target, packWeights }, io) {
      const { findTarget } = await import('../../targets/index.js');
      const { analyze, formatAnalysis } = await import('../report/analyze.js');
      const { inspectModel } = await import('../importers/index.js');
      const board = findTarget(target);
      const file = io.readModel(model!);
      const { graph, diagnostics } = inspectModel(file.bytes, file);
      const document = analyze(graph, diagnostics, board, { packWeights });
      const exitCode = document.fits ? Exit.ok : Exit.badInput;
      // The document and the text tell every error; warnings are in neither.
      const warnings = diagnostics.filter((d) => d.severity !== 'error');
      return { document, text: formatAnalysis(document), diagnostics: warnings, exitCode };
    },
  });
}
