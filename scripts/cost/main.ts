/**
 * Measures random layers on every virtual board, fits the cost model to them and holds it against the benchmark's models:
 * `npm run cost`. Writes measurements/, codegen/cost/coefficients.json and the README's table. With --fit it takes the
 * measurements that there are.
 */
import { fileURLToPath } from 'node:url';
import { Command } from 'commander';
import { replaceFile } from '../../src/files.js';
import { progressOn } from '../../src/report/progress.js';
import { targets } from '../../targets/index.js';
import type { Target } from '../../targets/target.js';
import { withoutGoldens } from '../../test/support/golden.js';
import { replaceTable } from '../readme.js';
import { bundle } from './bundle.js';
import { fit } from './fit.js';
import { heldOut } from './held_out.js';
import { measureLayers } from './measure.js';
import { readMeasurements, wasMeasured, writeMeasurements } from './measurements.js';
import { specimens } from './specimens.js';
import { formatAccuracy } from './table.js';

const command = new Command('cost')
  .description('fits the cost model to layers measured on the virtual boards')
  .option('--fit', 'to those that were measured before')
  .option('-t, --target <name>', 'measure on this board alone')
  .parse();
const { fit: again, target: only } = command.opts<{ fit?: boolean; target?: string }>();
if (withoutGoldens && !again) command.error(withoutGoldens, { exitCode: 3 });

const boards = targets.filter((target) => target.firmware);

async function measure(target: Target): Promise<void> {
  const programs = bundle(specimens(), target);
  const progress = progressOn(process.stderr).start(`cost ${target.name}`);
  const layers = [];
  for (const [i, program] of programs.entries()) {
    progress(i, programs.length + 1);
    layers.push(...(await measureLayers(program, target)));
  }
  progress(programs.length, programs.length + 1);
  writeMeasurements(target.core, { layers, models: await heldOut(target) });
  progress(programs.length + 1, programs.length + 1);
}

if (!again) {
  // A core's kernels have to say their work before their cycles can be told: one without measurements is asked for by name.
  for (const board of boards) {
    if (only ? only === board.name : wasMeasured(board.core)) await measure(board);
  }
}

const known = boards.filter(({ core }) => wasMeasured(core));
const coefficients = Object.fromEntries(known.map(({ core }) => [core, fit(readMeasurements(core).layers)]));
const file = fileURLToPath(new URL('../../codegen/cost/coefficients.json', import.meta.url));
replaceFile(file, `${JSON.stringify(coefficients, undefined, 2)}\n`);
const tables = known.map((board) => formatAccuracy(board, coefficients)).join('\n\n');
process.stdout.write(`${tables}\n`);
replaceTable('cost', tables);
