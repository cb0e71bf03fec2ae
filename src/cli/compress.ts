/** `crimp compress`: a recipe's steps, one after the other, with a record of what came of them. */
import type { Command } from 'commander';
import type { Diagnostic } from '../diagnostics.js';
import { Exit, formatDiagnostic, inputError } from '../diagnostics.js';
import type { RecipeProgress } from '../recipe/run.js';
import type { Progress } from '../report/progress.js';
import { addVerb, type Io, type Result } from './verb.js';

interface Options {
  resume?: boolean;
  check?: string;
  output?: string;
}

export function compressVerb(program: Command): void {
  addVerb<Options>(program, {
    usage: 'compress [recipe]',
    summary: 'a recipe of the verbs above, step by step, on record',
    description:
      'Runs a recipe: training, pruning, distillation and quantization, one after the other. Reports what each step keeps in accuracy and saves on the device, and leaves a record, <output>.record.json, from which the run can be repeated. The recipe is by default crimp.recipe.json (or .ts, .mts, .js, .mjs) in this folder.',
    examples: [
      'compress',
      'compress small.recipe.json --json',
      'compress crimp.recipe.ts --resume',
      'compress --check small.tflite.record.json',
    ],
    options: (command) =>
      command
        .option(
          '--resume',
          'go on where an interrupted run has come to, to the file that it would have given',
        )
        .option(
          '--check <record>',
          'run again what a record tells of, and say whether the same bytes come out',
        )
        .option('-o, --output <file>', 'with --check: where the model goes that comes out'),
    async action([recipe], options, io) {
      if (options.check !== undefined) return check(options.check, recipe, options, io);
      if (options.output !== undefined) {
        const message = 'the recipe says where its output goes';
        throw inputError('bad-usage', message, 'Leave --output away, or say --check RECORD.');
      }
      const { compressFile } = await import('../compress_file.js');
      const { formatCompression } = await import('../report/compression.js');
      const { resume } = options;
      const document = await compressFile(recipe, { resume, ...(await said(io)) });
      const { output, recordFile, record } = document;
      return { document: { output, recordFile, ...record }, text: formatCompression(document) };
    },
  });
}

async function check(file: string, recipe: string | undefined, options: Options, io: Io): Promise<Result> {
  if (recipe !== undefined || options.resume) {
    const message = `--check takes the recipe from the record, and ${recipe ?? '--resume'} is given beside it`;
    throw inputError('bad-usage', message, 'Leave it away.');
  }
  const { checkRecord } = await import('../check_record.js');
  const { formatCheck } = await import('../report/compression.js');
  const document = await checkRecord(file, { output: options.output, ...(await said(io)) });
  return { document, text: formatCheck(document), exitCode: document.same ? Exit.ok : Exit.checkFailed };
}

/** A bar for each part of each step. */
async function said(io: Io) {
  const { formatRecipeProgress } = await import('../report/compression.js');
  let label = '';
  let bar: Progress | undefined;
  return {
    synchronously: io.synchronously,
    onNote: (note: Diagnostic) => io.note(formatDiagnostic(note)),
    onProgress: (p: RecipeProgress) => {
      const now = p.step < 0 ? p.phase : `step ${p.step} of 0 … ${p.steps - 1}, ${p.phase}`;
      if (now !== label || !bar) bar = io.progress(now);
      label = now;
      bar(p.done, p.total, formatRecipeProgress(p));
    },
  };
}
