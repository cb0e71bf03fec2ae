/** A model with state on an emulated chip: what makes an inference, what does not, and what brings the state back. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { compile } from '../../src/compile.js';
import { buildFirmware } from '../../src/firmware/build.js';
import { graphBuilder } from '../../src/graph/build.js';
import type { AnyOp } from '../../src/graph/graph.js';
import { crc32, crcHex } from '../../src/link/crc32.js';
import { pico } from '../../targets/pico.js';
import { withoutArm } from './arm.js';
import { BareBoard } from './bare_board.js';

/** Gives what it was given in the inference before, at first 5 and 6. Its last layer writes nothing but state. */
function delay() {
  const b = graphBuilder('delay');
  const values = { dtype: 'int8', shape: [2] } as const;
  const x = b.input('x', values);
  const variable = b.state('variable', { ...values, initial: Int8Array.of(5, 6) });
  const graph = b.build(b.op('READ_VARIABLE', 'y', [variable], {}, values));
  const assign = {
    type: 'ASSIGN_VARIABLE',
    name: 'assign',
    inputs: [variable, x],
    outputs: [],
    attributes: {},
  };
  return compile({ ...graph, ops: [...graph.ops, assign as unknown as AnyOp] }, pico);
}

test('state changes once an inference, however often and by whatever it is asked for', {
  skip: withoutArm,
}, async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'crimp-test-'));
  try {
    await buildFirmware(delay(), pico, { directory: folder });
    const board = new BareBoard(readFileSync(path.join(folder, 'firmware.bin')));
    assert.ok(board.run(50, () => board.uart.endsWith('m-ready\r\n')));
    const ask = (command: string) => board.ask('uart', command)[0]!;
    const load = (...x: number[]) => {
      board.uart = '';
      board.sendUart(`load 2 ${crcHex(crc32(Uint8Array.from(x)))}%`);
      assert.ok(board.run(100, () => board.uart.endsWith('m-[Expecting 2 bytes]\r\n')));
      board.sendUart(Uint8Array.from(x));
      assert.ok(board.run(100, () => board.uart.endsWith('m-ready\r\n')));
    };
    const bulk = (...y: number[]) => `m-bulk-[2,${crcHex(crc32(Uint8Array.from(y)))}]`;

    load(1, 2);
    const cycles = ask('run 1 #1');
    assert.match(cycles, /^m-cycles-\[\d+\]$/);
    assert.equal(ask('run 1 #2'), cycles);
    assert.equal(ask('output'), bulk(5, 6), 'asked twice, made once');
    assert.match(ask('run 3'), /^e-\[Not the next inference/);

    load(3, 4);
    assert.equal(ask('tensor 2'), bulk(1, 2));
    assert.equal(ask('tensor 2'), bulk(1, 2), 'the same inference still');
    load(7, 8);
    ask('run 1');
    assert.equal(ask('output'), bulk(3, 4), 'loading has finished what tensor began');

    assert.equal(ask('tensor 2'), bulk(7, 8));
    assert.equal(ask('reset'), 'm-reset');
    assert.match(ask('output'), /^e-\[No inference/);
    ask('run 2');
    assert.equal(ask('output'), bulk(5, 6));
  } finally {
    rmSync(folder, { recursive: true });
  }
});
