/** Division in a model's C, which the Pico's firmware hands to the RP2040's divider. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import type { Sources } from '../../codegen/sources.js';
import { withTemporaryFolder } from '../../src/files.js';
import { buildFirmware } from '../../src/firmware/build.js';
import { crc32, crcHex } from '../../src/link/crc32.js';
import { pico } from '../../targets/pico.js';
import { withoutArm } from './arm.js';
import { BareBoard } from './bare_board.js';
import { constantModel } from './constant_model.js';

/** Dividend and divisor in; out come both quotients, and then each with its remainder, unsigned and signed. */
const source = `
#include "constant.h"
uint8_t constant_arena[CONSTANT_ARENA_BYTES] __attribute__((aligned(4)));
static void constant_quotients(void) {
    const uint32_t *const in = (const uint32_t *)(const void *)constant_arena;
    uint32_t *const out = (uint32_t *)(void *)(constant_arena + 8);
    out[0] = in[0] / in[1];
    out[1] = (uint32_t)((int32_t)in[0] / (int32_t)in[1]);
}
static void constant_remainders(void) {
    const uint32_t *const in = (const uint32_t *)(const void *)constant_arena;
    uint32_t *const out = (uint32_t *)(void *)(constant_arena + 16);
    out[0] = in[0] / in[1];
    out[1] = in[0] % in[1];
    out[2] = (uint32_t)((int32_t)in[0] / (int32_t)in[1]);
    out[3] = (uint32_t)((int32_t)in[0] % (int32_t)in[1]);
}
void (*const constant_layers[])(void) = {constant_quotients, constant_remainders};
`;

const header = constantModel.files.get('constant.h')!.replace('ARENA_BYTES 16', 'ARENA_BYTES 32');
const divider: Sources = {
  ...constantModel,
  files: new Map([
    ['constant.h', header],
    ['constant.c', source],
  ]),
  arenaBytes: 32,
  constants: [],
  weightsBytes: 0,
  inputBytes: 8,
  outputBytes: 24,
  inputs: [{ ...constantModel.inputs[0]!, shape: [8], bytes: 8 }],
  outputs: [{ ...constantModel.outputs[0]!, shape: [24], offset: 8, bytes: 24 }],
  tensors: [],
};

const operands: readonly (readonly [number, number])[] = [
  [0, 1],
  [7, 2],
  [-7, 2],
  [7, -2],
  [-7, -2],
  [2, 7],
  [0x7fffffff, 1],
  [-0x80000000, 3],
  [-0x80000000, -0x7fffffff],
  [-1, 125],
  [123456789, -321],
];

test('quotients and remainders are those of C', { skip: withoutArm }, async () => {
  await withTemporaryFolder(async (folder) => {
    await buildFirmware({ sources: divider }, pico, { directory: `${folder}/build` });
    const board = new BareBoard(readFileSync(path.join(folder, 'build', 'firmware.bin')));
    assert.ok(board.run(50, () => board.usbConnected));
    for (const [a, b] of operands) {
      const sample = Buffer.from(Int32Array.of(a, b).buffer);
      board.usb = '';
      board.sendUsb(`load 8 ${crcHex(crc32(sample))}%`);
      assert.ok(board.run(100, () => board.usb.includes('Expecting')));
      board.sendUsb(sample);
      assert.ok(board.run(100, () => board.usb.endsWith('m-ready\r\n')));
      board.ask('usb', 'run');
      board.ask('usb', 'output');
      const start = board.usb.indexOf('\r\n') + 2;
      const answer = Uint8Array.from(Buffer.from(board.usb.slice(start, start + 24), 'latin1'));
      const [ua, ub] = [a >>> 0, b >>> 0];
      const quotients = [Math.trunc(ua / ub), Math.trunc(a / b)];
      const expected = Int32Array.of(...quotients, quotients[0]!, ua % ub, quotients[1]!, a % b);
      assert.deepEqual(new Int32Array(answer.buffer), expected, `${a} / ${b}`);
    }
  });
});
