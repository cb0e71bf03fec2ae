/**
 * Measures every model of the benchmark on every board that has a virtual twin: `npm run bench`. Writes results.json and the README's
 * table, with --target one board's part of them; with --check it writes nothing, and exits 1 when a figure has grown by more than 2 %.
 */
import { Command } from 'commander';
import { progressOn } from '../../src/report/progress.js';
import { findTarget, targets } from '../../targets/index.js';
import { withoutGoldens } from '../../test/support/golden.js';
import { replaceTable } from '../readme.js';
import { growth } from './growth.js';
import { type Measurement, measure } from './measure.js';
import { benchModels } from './models.js';
import { readResults, writeResults } from './results.js';
import { formatBench } from './table.js';

const command = new Command('bench')
  .description(
    'measures the benchmark’s models on every virtual board; CRIMP_SHARED says where their files are',
  )
  .option('--check', 'compare with results.json, and write nothing')
  .option('--target <name>', 'measure on this board alone; the others keep their figures')
  .parse();
const { check, target: only } = command.opts<{ check?: boolean; target?: string }>();
if (withoutGoldens) command.error(withoutGoldens, { exitCode: 3 });

const boards = targets.filter((target) => target.firmware);
const chosen = only === undefined ? boards : [findTarget(only)];
const pairs = chosen.flatMap((target) => benchModels.map((model) => ({ target, model })));
const progress = progressOn(process.stderr).start('bench');
const measured: Measurement[] = [];
for (const { target, model } of pairs) {
  progress(measured.length, pairs.length, model.name);
  measured.push(await measure(model, target));
}
progress(pairs.length, pairs.length);

const before = readResults();
const results = boards.flatMap(({ name }) =>
  (chosen.some((target) => target.name === name) ? measured : before).filter((r) => r.target === name),
);
const tables = boards.map(({ name }) => formatBench(results, name)).join('\n\n');
process.stdout.write(`${tables}\n`);
if (check) {
  const grown = measured.flatMap((now) => {
    const old = before.find(({ model, target }) => model === now.model && target === now.target);
    return old ? growth(old, now) : [];
  });
  for (const line of grown) process.stderr.write(`${line}\n`);
  process.exitCode = grown.length > 0 ? 1 : 0;
} else {
  writeResults(results);
  replaceTable('bench', tables);
}
