/**
 * PyTorch-style ONNX models, written with the weights beside this script and taken to the virtual Pico:
 * `npm run onnx-models [-- --output <folder>]` keeps the .onnx and .npz files. Exits 1 where a board's byte differs.
 */
import path from 'node:path';
import { Command } from 'commander';
import { replaceFile, withTemporaryFolder } from '../../src/files.js';
import { count, percent, table } from '../../src/report/table.js';
import { findTarget } from '../../targets/index.js';
import { onnxFile, torchModels } from './models.js';
import { type Proof, prove } from './prove.js';

const { output } = new Command('onnx-models')
  .description('PyTorch-style ONNX models, from the file to the virtual Pico')
  .option('-o, --output <folder>', 'an existing folder for the .onnx files and their data')
  .parse()
  .opts<{ output?: string }>();
const proofs = await (output === undefined ? withTemporaryFolder(proveAll) : proveAll(output));
print(proofs);
process.exitCode = proofs.every((proof) => proof.validation.exact) ? 0 : 1;

async function proveAll(folder: string): Promise<Proof[]> {
  const target = findTarget('pico');
  const found: Proof[] = [];
  for (const { network, data } of torchModels) {
    const [file, own] = [path.join(folder, `${network.name}.onnx`), data()];
    replaceFile(file, onnxFile(network));
    replaceFile(path.join(folder, `${network.name}_train.npz`), own.train);
    replaceFile(path.join(folder, `${network.name}_test.npz`), own.test);
    found.push(await prove(file, own, target));
  }
  return found;
}

function print(rows: readonly Proof[]): void {
  const right = 'right' as const;
  const titles = ['float', 'int8', 'SQNR dB', 'MACs', 'flash', 'arena', 'cycles'];
  console.log(
    table(
      [{ title: 'model' }, ...titles.map((title) => ({ title, align: right })), { title: 'board' }],
      rows.map(({ name, accuracy, sqnr, macs, flash, arena, cycles, validation }) => [
        name,
        percent(accuracy.float),
        percent(accuracy.int8),
        sqnr.toFixed(1),
        ...[macs, flash, arena, cycles].map(count),
        validation.exact ? `${count(validation.values)} values exact` : 'differs',
      ]),
    ),
  );
}
