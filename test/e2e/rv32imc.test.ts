/** The virtual RISC-V board: exact in every tensor, within budget, refusing what it has not, and gone when its owner is. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { test } from 'node:test';
import { assetPath } from '../../src/assets.js';
import { compile } from '../../src/compile.js';
import { quantize } from '../../src/compress/quantize/quantize.js';
import { readDataset, readSamples } from '../../src/data/index.js';
import { CrimpError, Exit } from '../../src/diagnostics.js';
import { withTemporaryFolder } from '../../src/files.js';
import { boardSizes, buildFirmware } from '../../src/firmware/build.js';
import { flash } from '../../src/flash/flash.js';
import type { Graph } from '../../src/graph/graph.js';
import { importModel } from '../../src/importers/index.js';
import { openDevice } from '../../src/link/device.js';
import { bench } from '../../src/measure/bench.js';
import { openRunner } from '../../src/measure/open_runner.js';
import { erasedFlash } from '../../src/measure/open_world.js';
import { randomSamples } from '../../src/measure/random_samples.js';
import { runSamples } from '../../src/measure/run.js';
import { simulateSamples } from '../../src/measure/simulate.js';
import { validate } from '../../src/measure/validate.js';
import { readModelFile } from '../../src/model_file.js';
import { formatBench } from '../../src/report/bench.js';
import { virtualBoard } from '../../src/virtual/index.js';
import { rv32imc } from '../../targets/rv32imc.js';
import type { QemuEmulator } from '../../targets/target.js';
import { goldenGraph, readGolden, withoutGoldens } from '../support/golden.js';
import { fixtures } from '../support/models.js';
import { withoutTools } from '../support/tools.js';
import { rv32imcBudget as budget } from './budgets.js';

const firmware = rv32imc.firmware!;
const emulator = firmware.virtual as QemuEmulator;
const lacking = await withoutTools(rv32imc);

const has = (code: string, exitCode: number) => (thrown: unknown) =>
  thrown instanceof CrimpError && thrown.diagnostics[0]!.code === code && thrown.exitCode === exitCode;

async function assertExact(graph: Graph): Promise<void> {
  const compiled = compile(graph, rv32imc);
  const runner = await openRunner({ compiled, target: rv32imc });
  try {
    const { firstMismatch, values } = await validate(runner, randomSamples(compiled.graph, 1), {
      tensors: true,
    });
    assert.equal(firstMismatch, null);
    assert.ok(values > compiled.sources.outputBytes);
  } finally {
    await runner.close();
  }
}

for (const name of ['depthwise', 'inception']) {
  test(`${name} is exact in every tensor`, { skip: lacking }, () => assertExact(fixtures[name]!()));
}

test('float32 is exact in every tensor', { skip: lacking }, () => assertExact(fixtures.dense!('float32')));

test('digits: as the simulator answers, in instructions', { skip: lacking }, async () => {
  const digits = (file: string) => assetPath(`examples/digits/${file}`);
  const model = readModelFile(digits('digits.tflite'));
  const float = importModel(model.bytes, model);
  const { graph } = quantize(float, readDataset(digits('calibration.npz'), float));
  const compiled = compile(graph, rv32imc, { name: 'digits' });
  const all = readSamples(digits('test.npz'), compiled.graph);
  const samples = { count: 10, bytes: (i: number) => all.bytes(i) };
  const runner = await openRunner({ compiled, target: rv32imc });
  try {
    const run = await runSamples(runner, samples);
    assert.deepEqual(run.outputs, simulateSamples(compiled.graph, samples).outputs);
    assert.equal((await validate(runner, { ...samples, count: 1 }, { tensors: true })).firstMismatch, null);
    const result = await bench(runner, { ...samples, count: 1 });
    assert.equal(result.cycles.median, run.cycles[0], 'the same inference takes the same instructions');
    assert.equal(result.microseconds, undefined);
    const text = formatBench(result, rv32imc);
    assert.match(
      text,
      /: [\d,]+ instructions \(min [\d,]+, max [\d,]+\)\n[\d,]+ MACs, [\d.]+ instructions\/MAC/,
    );
  } finally {
    await runner.close();
  }
});

test('KWS: TFLM’s answers, within its budget', { skip: lacking || withoutGoldens }, async () => {
  const golden = readGolden('mlperftiny__kws_ref_model');
  const compiled = compile(goldenGraph(golden)!, rv32imc, { name: 'kws' });
  const [{ inputs, outputs }] = golden.sets as [(typeof golden.sets)[0]];
  const { inputBytes, outputBytes } = compiled.sources;
  await withTemporaryFolder(async (temporary) => {
    const folder = `${temporary}/build`;
    const { flash: sizes } = boardSizes(await buildFirmware(compiled, rv32imc, { directory: folder }))!;
    assert.ok(
      sizes.parts.model <= budget.code,
      `${sizes.parts.model} bytes of layers, promised ${budget.code}`,
    );
    assert.ok(sizes.code <= budget.firmware, `${sizes.code} bytes of code, promised ${budget.firmware}`);
    const runner = await openRunner({ compiled, target: rv32imc, folder });
    try {
      const { outputs: answer, cycles } = await runner.infer(inputs.subarray(0, inputBytes));
      assert.deepEqual(Buffer.from(answer), outputs.subarray(0, outputBytes));
      assert.ok(cycles! <= budget.instructions, `${cycles} instructions, promised ${budget.instructions}`);
    } finally {
      await runner.close();
    }
  });
});

test('starts again when asked for the bootloader that it has not', { skip: lacking }, async () => {
  const board = virtualBoard(rv32imc, await firmwareOf(fixtures.dense!()));
  try {
    await board.ready();
    const device = await openDevice(board.port, { target: rv32imc, binding: board.binding });
    const { hash } = device.identity;
    await device.bootloader();
    assert.equal((await device.identify()).hash, hash);
    await assert.rejects(
      device.output(),
      has('device-refused', Exit.environment),
      'it knows no input any more',
    );
    await device.close();
    assert.deepEqual(board.faults, []);
  } finally {
    board.close();
  }
});

test('an owner that is killed leaves no emulator and no file behind', {
  skip: lacking || noProc(),
}, async () => {
  await withTemporaryFolder(async (folder) => {
    const compiled = compile(fixtures.dense!(), rv32imc);
    await buildFirmware(compiled, rv32imc, { directory: `${folder}/build` });
    const at = (file: string) => JSON.stringify(new URL(`../../${file}`, import.meta.url).href);
    const program = `
      import { readFileSync } from 'node:fs';
      const { virtualBoard } = await import(${at('src/virtual/index.ts')});
      const { rv32imc } = await import(${at('targets/rv32imc.ts')});
      const board = virtualBoard(rv32imc, readFileSync(${JSON.stringify(`${folder}/build/firmware.elf`)}));
      await board.ready();
      console.log('ready');
      setInterval(() => {}, 1000);
    `;
    const files = () => readdirSync(tmpdir()).filter((name) => name.startsWith('crimp-qemu-'));
    const before = files();
    const owner = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', program], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await new Promise((resolve) => owner.stdout.once('data', resolve));
    const children = childrenOf(owner.pid!);
    assert.ok(children.length > 0);
    owner.kill('SIGKILL');
    while (children.some(isRunning)) await new Promise((resolve) => setTimeout(resolve, 20));
    assert.deepEqual(
      files().filter((name) => !before.includes(name)),
      [],
    );
  });
});

test('what a virtual board has not is refused, with what to do', async () => {
  const power = (options: object) => () => virtualBoard(rv32imc, erasedFlash, options);
  assert.throws(power({ bootloader: true }), has('no-bootloader', Exit.badInput));
  assert.throws(power({ xip: true }), has('no-xip-cache', Exit.badInput));
  const world = {} as Parameters<typeof flash>[3]['world'];
  await assert.rejects(flash(erasedFlash, undefined, rv32imc, { world }), has('no-flasher', Exit.badInput));

  const virtual = { ...emulator, program: 'qemu-system-absent' };
  const absent = { ...rv32imc, firmware: { ...firmware, virtual } };
  assert.throws(
    () => virtualBoard(absent, erasedFlash),
    (thrown) =>
      has('no-emulator', Exit.environment)(thrown) &&
      /qemu-system-misc|brew|winget/.test((thrown as CrimpError).diagnostics[0]!.hint),
  );
});

async function firmwareOf(graph: Graph): Promise<Uint8Array> {
  return withTemporaryFolder(async (folder) => {
    await buildFirmware(compile(graph, rv32imc), rv32imc, { directory: `${folder}/build` });
    return readFileSync(`${folder}/build/firmware.elf`);
  });
}

function noProc(): string | false {
  return existsSync('/proc/self/stat') ? false : 'no /proc here';
}

function childrenOf(pid: number): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && statOf(Number(name))?.parent === pid)
    .map(Number);
}

const isRunning = (pid: number) => (statOf(pid)?.state ?? 'Z') !== 'Z';

function statOf(pid: number): { state: string; parent: number } | undefined {
  try {
    const [state, parent] = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ');
    return { state: state!, parent: Number(parent) };
  } catch {
    return undefined; // it has ended
  }
}
