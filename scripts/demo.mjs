// The whole way once, on a real model: float digits → int8 → C → firmware → a virtual Pico → measured and proven.
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import * as crimp from '../dist/index.js';

const digits = fileURLToPath(new URL('../examples/digits/', import.meta.url));
const out = fileURLToPath(new URL('../build/demo/', import.meta.url));
const target = crimp.findTarget('pico');
const heldOut = { file: path.join(digits, 'test.npz'), atMost: 200 };

const progress = crimp.progressOn(process.stderr);
const say = (text) => {
  progress.stop();
  process.stdout.write(`${text}\n`);
};
const step = (text) => say(`\n▸ ${text}`);
const indented = (text) => text.replace(/^(?=.)/gm, '  ');
const { count, percent } = crimp;

try {
  process.exitCode = (await demo()) ? crimp.Exit.ok : crimp.Exit.checkFailed;
} catch (thrown) {
  if (!(thrown instanceof crimp.CrimpError)) throw thrown;
  progress.stop();
  process.stderr.write(`${thrown.message}\n`);
  process.exitCode = thrown.exitCode;
}

/** @returns whether the device answered as the simulator did, to the byte */
async function demo() {
  mkdirSync(out, { recursive: true });
  const floatModel = crimp.readModelFile(path.join(digits, 'digits.tflite'));
  const int8Model = await quantize(floatModel);

  step(`simulate ${heldOut.atMost} digits that training never saw`);
  const float = simulate(floatModel, 'float32');
  const int8 = simulate(int8Model, 'int8');
  say(`  float32 ${percent(float.accuracy)} right, int8 ${percent(int8.accuracy)} right`);

  const folder = path.join(out, target.name);
  await build(int8Model, folder);

  step('boot it on the virtual board, classify the same digits there, compare every byte');
  const subject = crimp.openSubject(folder);
  const runner = await crimp.openRunner(subject);
  try {
    const samples = crimp.takeSamples(subject.compiled.graph, heldOut);
    const run = await crimp.runSamples(runner, samples, progress.start('classify'));
    const tensors = await crimp.validate(runner, { ...samples, count: 1 }, { tensors: true });
    const bench = await crimp.benchOfRun(runner, run.cycles, samples.bytes(0));
    const different = run.outputs.reduce((n, byte, i) => n + (byte === int8.outputs[i] ? 0 : 1), 0);
    const exact = different === 0 && tensors.exact;

    const accuracies = { float: float.accuracy, 'int8 simulator': int8.accuracy, device: run.accuracy };
    const shares = Object.entries(accuracies).map(([name, share]) => `${name} ${percent(share)}`);
    say(`  accuracy   ${shares.join(', ')}`);
    say(
      `  bit-exact  ${exact ? 'yes' : 'NO'}: ${different} of ${count(run.outputs.length)} output values differ,`,
    );
    say(
      `             ${tensors.mismatches} of the ${count(tensors.values)} values in all layers of one digit`,
    );
    say(`\n${indented(crimp.formatBench(bench, target))}`);
    const here = path.relative(process.cwd(), folder);
    const data = path.relative(process.cwd(), heldOut.file);
    say(`\n▸ again, by hand\n  npx crimp validate ${here} --input ${data} --samples 20 --tensors`);
    return exact;
  } finally {
    await runner.close();
  }
}

async function quantize(model) {
  step('quantize examples/digits/digits.tflite, a small CNN trained on MNIST, to int8');
  const output = path.join(out, 'digits_int8.tflite');
  const data = path.join(digits, 'calibration.npz');
  const { bytes, layers } = await crimp.quantizeFile(model, { data, output }, progress.start('quantize'));
  const worst = layers.reduce((a, b) => ((b.sqnr ?? Infinity) < (a.sqnr ?? Infinity) ? b : a));
  say(
    `  ${count(bytes.float)} → ${count(bytes.quantized)} bytes; ` +
      `farthest from float: ${worst.name}, SQNR ${worst.sqnr.toFixed(1)} dB`,
  );
  return crimp.readModelFile(output);
}

function simulate(model, label) {
  const graph = crimp.importModel(model.bytes, model);
  return crimp.simulateSamples(graph, crimp.takeSamples(graph, heldOut), progress.start(label));
}

async function build(model, directory) {
  step(`build firmware for the ${target.title}`);
  const onProgress = progress.start('compile');
  const built = await crimp.buildModel(model, { target: target.name, directory, name: 'digits', onProgress });
  say(indented(crimp.formatSizes(crimp.boardSizes(built))));
  say(`  ${path.join(path.relative(process.cwd(), directory), 'firmware.uf2')}`);
}
