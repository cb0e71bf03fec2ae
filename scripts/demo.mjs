// The whole way once, on a real model: float digits → int8 → C → firmware → a virtual Pico → measured and proven.
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import * as crimp from '../dist/index.js';

const digits = fileURLToPath(new URL('../examples/digits/', import.meta.url));
const out = fileURLToPath(new URL('../build/demo/', import.meta.url));
const target = crimp.findTarget('pico');
const heldOut = 200;

const say = (text) => process.stdout.write(`${text}\n`);
const step = (text) => say(`\n▸ ${text}`);
const percent = (share) => `${(100 * share).toFixed(1)} %`;
const number = (n) => Math.round(n).toLocaleString('en-US');

/** One line that counts up on a terminal, silent elsewhere. */
function progress(label) {
  return (done, total) => {
    if (!process.stderr.isTTY) return;
    process.stderr.write(done < total ? `\r  ${label} ${done}/${total} ` : '\r\x1b[K');
  };
}

try {
  await demo();
} catch (thrown) {
  if (!(thrown instanceof crimp.CrimpError)) throw thrown;
  process.stderr.write(`${thrown.message}\n`);
  process.exit(thrown.exitCode);
}
process.exit(0);

async function demo() {
  mkdirSync(out, { recursive: true });
  const floatModel = crimp.readModelFile(path.join(digits, 'digits.tflite'));
  const int8File = path.join(out, 'digits_int8.tflite');

  step('quantize examples/digits/digits.tflite, a small CNN trained on MNIST, to int8');
  const data = path.join(digits, 'calibration.npz');
  const quantized = crimp.quantizeFile(floatModel, { data, output: int8File }, progress('calibrate'));
  const worst = quantized.layers.reduce((a, b) => ((b.sqnr ?? Infinity) < (a.sqnr ?? Infinity) ? b : a));
  say(
    `  ${number(quantized.bytes.float)} → ${number(quantized.bytes.int8)} bytes of .tflite; lowest SQNR ${worst.sqnr.toFixed(1)} dB (${worst.type})`,
  );

  step(`simulate ${heldOut} digits that training never saw`);
  const test = { file: path.join(digits, 'test.npz'), atMost: heldOut };
  const accuracyOf = (model, label) => {
    const graph = crimp.importModel(model.bytes, model);
    return crimp.simulateSamples(graph, crimp.takeSamples(graph, test), progress(label)).accuracy;
  };
  const int8Model = crimp.readModelFile(int8File);
  const floatAccuracy = accuracyOf(floatModel, 'float');
  const int8Accuracy = accuracyOf(int8Model, 'int8');

  step(`build firmware for the ${target.title}`);
  const folder = path.join(out, target.name);
  const build = await crimp.buildModel(int8Model, {
    target: target.name,
    directory: folder,
    name: 'digits',
    onProgress: progress('compile'),
  });
  say(crimp.formatBuild(build, path.relative(process.cwd(), folder)).replace(/^/gm, '  '));

  step('boot it on the virtual board, classify there, and compare every output byte');
  const subject = crimp.openSubject(folder);
  const runner = await crimp.openRunner(subject);
  try {
    const samples = crimp.takeSamples(subject.compiled.graph, test);
    const run = await crimp.runSamples(runner, samples, progress('classify'));
    const simulated = crimp.simulateSamples(subject.compiled.graph, samples);
    const different = simulated.outputs.reduce((n, byte, i) => n + (byte === run.outputs[i] ? 0 : 1), 0);
    const tensors = await crimp.validate(runner, { ...samples, count: 1 }, { tensors: true });
    const bench = await crimp.bench(runner, { ...samples, count: 20 }, progress('measure'));

    step('result');
    say(
      `  accuracy        float ${percent(floatAccuracy)}, int8 simulator ${percent(int8Accuracy)}, device ${percent(run.accuracy)}`,
    );
    say(
      `  bit-exact       ${different === 0 && tensors.exact ? 'yes' : 'NO'}: ${number(run.outputs.length)} output bytes of ${heldOut} digits, ${different} differ;`,
    );
    say(
      `                  ${number(tensors.values)} values in all tensors of one digit, ${tensors.mismatches} differ`,
    );
    const sorted = [...run.cycles].sort((a, b) => a - b);
    const median = sorted[Math.floor((sorted.length - 1) / 2)];
    say(
      `  cycles          min ${number(sorted[0])}, median ${number(median)}, max ${number(sorted.at(-1))}: ${((median / target.clockHz) * 1e3).toFixed(2)} ms at ${target.clockHz / 1e6} MHz`,
    );
    say(`\n${crimp.formatBench(bench, target.title, target.clockHz).replace(/^/gm, '  ')}`);
    say(
      `\n  all of it again, by hand:  npx crimp bench ${path.relative(process.cwd(), folder)} --input examples/digits/test.npz`,
    );
    if (different > 0 || !tensors.exact) process.exitCode = 1;
  } finally {
    await runner.close();
  }
}
