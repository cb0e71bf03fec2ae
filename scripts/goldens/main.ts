/**
 * Every golden model, as the simulator, the emitted C on this computer and a virtual board compute it, against what TensorFlow
 * Lite Micro's reference kernels answered: `npm run goldens`. Exits 1 when a byte differs.
 */
import { Command } from 'commander';
import { progressOn } from '../../src/report/progress.js';
import { count, table } from '../../src/report/table.js';
import { host } from '../../targets/host.js';
import { findTarget } from '../../targets/index.js';
import { withoutGoldens } from '../../test/support/golden.js';
import { compileGoldens, inC } from './in_c.js';
import { type Known, readGoldens } from './known.js';
import { isInteger, type OnBoard, onBoard } from './on_board.js';
import { simulated } from './simulated.js';

const command = new Command('goldens')
  .description(
    'golden models in simulator, C and on a virtual board, against TFLM; CRIMP_SHARED says where they are',
  )
  .option('--only <regex>', 'models by name')
  .option('--board <name>', 'which virtual board integer models run on', 'pico')
  .option('--no-board', 'leave the board out')
  .option('--json', 'one document instead of the table')
  .parse();
const options = command.opts<{ only?: string; board: string | false; json?: boolean }>();
if (withoutGoldens) command.error(withoutGoldens, { exitCode: 3 });

interface Row {
  readonly model: string;
  readonly ops: string;
  readonly simulator: string;
  readonly c: string;
  readonly board: OnBoard | undefined;
}

const pattern = new RegExp(options.only ?? '');
const { known, refused } = readGoldens((name) => pattern.test(name));
const rows = await rowsOf(known);
if (options.json) process.stdout.write(`${JSON.stringify({ models: rows, refused }, undefined, 2)}\n`);
else print();
const faults = rows.filter((r) => r.simulator !== 'exact' || r.c !== 'exact' || r.board?.fault);
process.exitCode = faults.length > 0 ? 1 : 0;

async function rowsOf(models: readonly Known[]): Promise<Row[]> {
  const target = options.board ? findTarget(options.board) : undefined;
  const capabilities = target?.capabilities ?? host.capabilities;
  const progress = progressOn(process.stderr).start('goldens');
  const inProgram = await inC(compileGoldens(models, capabilities));
  const rows: Row[] = [];
  for (const model of models) {
    progress(rows.length, models.length);
    const { name } = model.golden;
    rows.push({
      model: name,
      ops: [...new Set(model.graph.ops.map((op) => op.type))].join(' '),
      simulator: simulated(model) ?? 'exact',
      c: inProgram.get(name) ?? inProgram.get('the program') ?? 'exact',
      board: target && isInteger(model) ? await onBoard(model, target) : undefined,
    });
  }
  progress(models.length, models.length);
  return rows;
}

function print(): void {
  const right = (title: string) => ({ title, align: 'right' as const });
  const left = (title: string) => ({ title });
  const board = options.board || 'board';
  const columns = [
    ...['model', 'operators', 'simulator', 'C', board].map(left),
    right('cycles'),
    right('arena B'),
  ];
  const cells = rows.map(({ model, ops, simulator, c, board }) => [
    model,
    ops.length > 40 ? `${ops.slice(0, 39)}…` : ops,
    simulator,
    c,
    ...(board ? [board.fault ?? 'exact', count(board.cycles), count(board.arenaBytes)] : ['', '', '']),
  ]);
  const number = (which: (row: Row) => boolean) => rows.filter(which).length;
  const lines = [
    table(columns, cells),
    ...refused.map(({ name, reasons }) => `${name} is refused:\n${reasons}`),
    `${rows.length + refused.length} models, ${refused.length} refused; exact in the simulator ` +
      `${number((r) => r.simulator === 'exact')}, in C ${number((r) => r.c === 'exact')}, on the board ` +
      `${number((r) => r.board !== undefined && !r.board.fault)} of the ${number((r) => r.board !== undefined)} ` +
      'without float32 that fit it',
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
}
