/**
 * Cycles of every kernel in the benchmark networks on a bare Cortex-M0+, without firmware: what to look at when
 * tuning one.
 *
 *     node --import tsx test/kernels/bench.ts [kws|ic|vww|personDetect|ad] [-O2]
 */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import Table from 'cli-table3';
import { compile } from '../../src/compile.js';
import { withTemporaryFolder } from '../../src/files.js';
import { pico } from '../../targets/pico.js';
import { ad, ic, kws, personDetect, vww } from '../support/models.js';
import { bootCortexM0Plus } from './m0plus.js';

const networks = { kws, ic, vww, personDetect, ad };
const chosen = process.argv[2];
const optimization = process.argv[3] ?? pico.firmware!.optimization.model;

for (const [name, network] of Object.entries(networks)) {
  if (chosen && chosen !== name) continue;
  const { sources } = compile(network('int8'), pico, { name });
  await withTemporaryFolder(async (folder) => {
    for (const [file, text] of sources.files) writeFileSync(path.join(folder, file), text);
    const machine = bootCortexM0Plus(folder, `${sources.prefix}.c`, [optimization]);
    const table = new Table({ head: ['layer', 'kernel', 'MACs', 'cycles', 'per MAC'] });
    let total = 0;
    for (const { type, kernel, macs, symbol } of sources.layers) {
      const cycles = machine.call(symbol);
      total += cycles;
      table.push([type, kernel, macs, cycles, macs > 0 ? (cycles / macs).toFixed(2) : '']);
    }
    const macs = sources.layers.reduce((n, layer) => n + layer.macs, 0);
    const code = machine.flashBytes - sources.weightsBytes;
    process.stdout.write(`${table.toString()}\n`);
    process.stdout.write(
      `${name}: ${total} cycles, ${(total / macs).toFixed(2)} a MAC; ${code} bytes of code, ` +
        `${sources.weightsBytes} of constants, ${sources.arenaBytes} of arena\n\n`,
    );
  });
}
