/** The digits with int16 activations, with int4 weights, pruned and packed, all the way to the virtual Pico: exact in every tensor. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assetPath } from '../../src/assets.js';
import { compile } from '../../src/compile.js';
import { applyMasks } from '../../src/compress/prune/apply_masks.js';
import { magnitudeMasks } from '../../src/compress/prune/masks.js';
import { type QuantizeOptions, quantize } from '../../src/compress/quantize/quantize.js';
import { readDataset, readSamples } from '../../src/data/index.js';
import { importModel } from '../../src/importers/index.js';
import { bench } from '../../src/measure/bench.js';
import { openRunner } from '../../src/measure/open_runner.js';
import { validate } from '../../src/measure/validate.js';
import { readModelFile } from '../../src/model_file.js';
import { findTarget } from '../../targets/index.js';
import { precisionBudgets } from './budgets.js';

const digits = (file: string) => assetPath(`examples/digits/${file}`);

interface Variant extends QuantizeOptions {
  readonly name: keyof typeof precisionBudgets;
  /** Share of the weights that become 0; the others are packed. */
  readonly sparsity?: number;
}

const variants: readonly Variant[] = [
  { name: 'int16', activations: 'int16' },
  { name: 'int4', weights: 'int4', rounding: 'data', correctBias: true },
  { name: 'packed', sparsity: 0.9, clusters: 16, allowCollapse: true },
];

for (const { name, sparsity = 0, ...options } of variants) {
  test(`digits, ${name}: exact on the board, within budget`, async (t) => {
    const target = findTarget('pico');
    const model = readModelFile(digits('digits.tflite'));
    const whole = importModel(model.bytes, model);
    const float = sparsity > 0 ? applyMasks(whole, magnitudeMasks(whole, { sparsity })) : whole;
    const { graph } = quantize(float, readDataset(digits('calibration.npz'), float), options);
    const compiled = compile(graph, target, { name: 'digits', packWeights: sparsity > 0 });
    const { arenaBytes, weightsBytes } = compiled.sources;
    const budget = precisionBudgets[name];
    assert.ok(arenaBytes <= budget.arena, `${arenaBytes} bytes of arena`);
    assert.ok(weightsBytes <= budget.weights, `${weightsBytes} bytes of weights`);
    const samples = { ...readSamples(digits('test.npz'), compiled.graph), count: 2 };
    const runner = await openRunner({ compiled, target });
    try {
      assert.equal((await validate(runner, samples, { tensors: true })).firstMismatch, null);
      const { cycles } = await bench(runner, samples);
      t.diagnostic(`${cycles.median} cycles, ${weightsBytes} bytes of weights, ${arenaBytes} of arena`);
      assert.ok(cycles.median <= budget.cycles, `${cycles.median} cycles, promised ${budget.cycles}`);
    } finally {
      await runner.close();
    }
  });
}
