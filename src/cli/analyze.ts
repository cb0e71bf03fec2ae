/** `crimp analyze`: what is in a model, what it costs, and whether it fits. */
import type { Command } from 'commander';
import { Exit } from '../diagnostics.js';
import { type CompileFlags, compileOptions } from './compile_options.js';
import { addVerb } from './verb.js';

export function analyzeVerb(program: Command): void {
  addVerb<{ target: string; passes?: true } & CompileFlags>(program, {
    usage: 'analyze <model>',
    summary: 'operators, shapes, MACs, flash, RAM, latency; does it fit?',
    description:
      'Tells what is in a model and what it costs: operators, shapes, MACs, weights and peak RAM; what is unsupported and why; how long an inference will take, layer by layer, where --target is a board; whether it fits; with --passes also how its graph is rewritten before it becomes C. Exit code 2: it cannot be compiled, or does not fit.',
    examples: [
      'analyze model.tflite',
      'analyze model.tflite --target pico --json',
      'analyze model.tflite --target pico --optimize ram',
      'analyze model.tflite --passes',
    ],
    options: (command) =>
      compileOptions(command.option('-t, --target <name>', 'the board to plan for', 'host')).option(
        '--passes',
        'what each rewrite of the graph did, op by op',
      ),
    async action([model], { target, packWeights, optimize, passes }, io) {
      const { findTarget } = await import('../../targets/index.js');
      const { analyze, formatAnalysis } = await import('../report/analyze.js');
      const { formatPasses, reportPasses } = await import('../report/passes.js');
      const { inspectModel } = await import('../importers/index.js');
      const board = findTarget(target);
      const file = io.readModel(model!);
      const { graph, diagnostics } = inspectModel(file.bytes, file);
      const analysis = analyze(graph, diagnostics, board, { packWeights, optimize });
      const report = passes && { passes: reportPasses(graph, diagnostics) };
      const document = { ...analysis, ...report };
      const text = [formatAnalysis(analysis), ...(report ? ['', formatPasses(report.passes)] : [])].join(
        '\n',
      );
      const exitCode = analysis.fits ? Exit.ok : Exit.badInput;
      // The document and the text tell every error; warnings are in neither.
      const warnings = diagnostics.filter((d) => d.severity !== 'error');
      return { document, text, diagnostics: warnings, exitCode };
    },
  });
}
