/** The virtual Pico 2: exact in every tensor, exact in what it counts, flashed as a real one is. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { assetPath } from '../../src/assets.js';
import { compile } from '../../src/compile.js';
import { quantize } from '../../src/compress/quantize/quantize.js';
import { readDataset, readSamples } from '../../src/data/index.js';
import { CrimpError, Exit } from '../../src/diagnostics.js';
import { withTemporaryFolder } from '../../src/files.js';
import { buildFirmware } from '../../src/firmware/build.js';
import { touch } from '../../src/flash/touch.js';
import { flashFolder } from '../../src/flash_folder.js';
import type { Graph } from '../../src/graph/graph.js';
import { importModel } from '../../src/importers/index.js';
import { openDevice } from '../../src/link/device.js';
import { bench } from '../../src/measure/bench.js';
import { openRunner } from '../../src/measure/open_runner.js';
import { erasedFlash } from '../../src/measure/open_world.js';
import { randomSamples } from '../../src/measure/random_samples.js';
import { validate } from '../../src/measure/validate.js';
import { readModelFile } from '../../src/model_file.js';
import { virtualBoard } from '../../src/virtual/index.js';
import { pico2 } from '../../targets/pico2.js';
import { constantModel } from '../firmware/constant_model.js';
import { goldenGraph, readGolden, withoutGoldens } from '../support/golden.js';
import { fixtures } from '../support/models.js';
import { withoutTools } from '../support/tools.js';

const lacking = await withoutTools(pico2);

async function assertExact(graph: Graph): Promise<void> {
  const compiled = compile(graph, pico2);
  const runner = await openRunner({ compiled, target: pico2 });
  try {
    const samples = randomSamples(compiled.graph, 1);
    assert.equal((await validate(runner, samples, { tensors: true })).firstMismatch, null);
  } finally {
    await runner.close();
  }
}

test('float32 is exact in every tensor', { skip: lacking }, () => assertExact(fixtures.dense!('float32')));

test('digits are exact in every tensor, and take the same instructions again', {
  skip: lacking,
}, async () => {
  const digits = (file: string) => assetPath(`examples/digits/${file}`);
  const model = readModelFile(digits('digits.tflite'));
  const float = importModel(model.bytes, model);
  const { graph } = quantize(float, readDataset(digits('calibration.npz'), float));
  const compiled = compile(graph, pico2, { name: 'digits' });
  const all = readSamples(digits('test.npz'), compiled.graph);
  const runner = await openRunner({ compiled, target: pico2 });
  try {
    const samples = { count: 2, bytes: (i: number) => all.bytes(i) };
    assert.equal((await validate(runner, samples, { tensors: true })).firstMismatch, null);
    const first = await bench(runner, { ...samples, count: 1 });
    assert.deepEqual(await bench(runner, { ...samples, count: 1 }), first);
    assert.equal(first.counts, 'instructions');
    assert.equal(first.microseconds, undefined);
  } finally {
    await runner.close();
  }
});

test('KWS gives TFLM’s answers, exact in every tensor', { skip: lacking || withoutGoldens }, async () => {
  const golden = readGolden('mlperftiny__kws_ref_model');
  const compiled = compile(goldenGraph(golden)!, pico2, { name: 'kws' });
  const [{ inputs, outputs }] = golden.sets as [(typeof golden.sets)[0]];
  const sample = inputs.subarray(0, compiled.sources.inputBytes);
  const runner = await openRunner({ compiled, target: pico2 });
  try {
    const samples = { count: 1, bytes: () => sample };
    assert.equal((await validate(runner, samples, { tensors: true })).firstMismatch, null);
    const { outputs: answer } = await runner.infer(sample);
    assert.deepEqual(Buffer.from(answer), outputs.subarray(0, compiled.sources.outputBytes));
  } finally {
    await runner.close();
  }
});

/** Two layers that differ by 12,345 rounds of two instructions. */
const loops = `
#include "constant.h"
uint8_t constant_arena[CONSTANT_ARENA_BYTES] __attribute__((aligned(4)));
static void spin(uint32_t rounds) {
    __asm volatile("1: subs %0, #1\\n\\tbne 1b" : "+r"(rounds)::"cc");
}
static void constant_short(void) { spin(100000u); }
static void constant_long(void) { spin(112345u); }
void (*const constant_layers[])(void) = {constant_short, constant_long};
`;

test('counts instructions, each of them', { skip: lacking }, async () => {
  const sources = {
    ...constantModel,
    files: new Map([...constantModel.files, ['constant.c', loops]]),
    constants: [],
    weightsBytes: 0,
    tensors: [],
  };
  await withTemporaryFolder(async (temporary) => {
    const directory = `${temporary}/build`;
    await buildFirmware({ sources }, pico2, { directory });
    const board = virtualBoard(pico2, readFileSync(`${directory}/firmware.uf2`));
    try {
      await board.ready();
      const device = await openDevice(board.port, { target: pico2, binding: board.binding });
      await device.load(new Uint8Array(sources.inputBytes));
      const [short, long] = await device.layers();
      assert.equal(long! - short!, 2 * 12_345);
      await device.close();
    } finally {
      board.close();
    }
  });
});

test('is flashed and touched as a real one is', { skip: lacking }, async () => {
  await withTemporaryFolder(async (temporary) => {
    const directory = `${temporary}/build`;
    const compiled = compile(fixtures.dense!(), pico2);
    await buildFirmware(compiled, pico2, { directory });
    const flashed = await flashFolder(directory, { port: 'virtual:pico2' });
    assert.equal(flashed.model.hash, compiled.hash);

    const board = virtualBoard(pico2, readFileSync(`${directory}/firmware.elf`));
    try {
      await board.ready();
      assert.equal(board.volume, undefined);
      await touch(board.port, board.binding);
      await assert.rejects(board.volume!.write(new Uint8Array(100)), /not a sound UF2 file/);
      await board.volume!.write(readFileSync(`${directory}/firmware.uf2`));
      await board.ready();
      const device = await openDevice(board.port, { target: pico2, binding: board.binding });
      assert.equal(device.identity.hash, compiled.hash);
      assert.equal(device.identity.counts, 'instructions');
      await device.bootloader();
      assert.equal((await device.identify()).hash, compiled.hash, 'there is no bootrom: it starts again');
      await device.close();
      assert.deepEqual(board.faults, []);
    } finally {
      board.close();
    }
  });
});

test('does not start what the bootrom would not', { skip: lacking }, async () => {
  const board = virtualBoard(pico2, erasedFlash);
  await assert.rejects(
    board.ready(),
    (thrown) =>
      thrown instanceof CrimpError &&
      thrown.exitCode === Exit.environment &&
      /no block in the first 4096 bytes/.test(thrown.message),
  );
  board.close();
});
