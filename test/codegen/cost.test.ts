/** The cost model: what it is fitted to, how far it is off, and what it chooses. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import coefficients from '../../codegen/cost/coefficients.json' with { type: 'json' };
import { type Coefficients, costModel } from '../../codegen/cost/cost_model.js';
import { chooseKernel, type Kernel } from '../../codegen/kernel.js';
import type { LowerContext, Optimize } from '../../codegen/layer.js';
import { accuracyOf } from '../../scripts/cost/accuracy.js';
import { fit } from '../../scripts/cost/fit.js';
import { readMeasurements, wasMeasured } from '../../scripts/cost/measurements.js';
import { formatAccuracy } from '../../scripts/cost/table.js';
import { tableInReadme } from '../../scripts/readme.js';
import { compile } from '../../src/compile.js';
import { predictCycles } from '../../src/predict.js';
import { host } from '../../targets/host.js';
import { targets } from '../../targets/index.js';
import { pico } from '../../targets/pico.js';
import { kws } from '../support/models.js';

const boards = targets.filter((target) => target.firmware && wasMeasured(target.core));

test('a fit finds what cycles are made of, and never less than nothing', () => {
  const layers = Array.from({ length: 12 }, (_, i) => {
    const work = { calls: 1, outputs: 1 + ((i * 7) % 5), macs: 3 + ((i * i) % 11), nothing: i };
    return { kernel: 'portable/a', work, cycles: 40 + 9 * work.outputs + 5 * work.macs };
  });
  const found = Object.entries(fit(layers)['portable/a']!).filter(([, n]) => n > 0.1);
  const rounded = Object.fromEntries(found.map(([name, n]) => [name, Math.round(n)]));
  assert.deepEqual(rounded, { calls: 40, outputs: 9, macs: 5 });
  const falling = [1, 2, 3].map((n) => ({ kernel: 'a', work: { calls: 1, n }, cycles: 100 - n }));
  assert.deepEqual(Object.keys(fit(falling).a!), ['calls']);
});

for (const target of boards) {
  test(`${target.title}: the coefficients are fitted to the measurements, and hold for models outside of them`, () => {
    const { layers, models } = readMeasurements(target.core);
    assert.deepEqual((coefficients as Coefficients)[target.core], fit(layers), 'run `npm run cost -- --fit`');
    const cost = costModel(coefficients as Coefficients, target.core);
    const all = accuracyOf(
      models.flatMap((model) => model.layers),
      cost,
    );
    assert.ok(all.median < 0.04, `half of all layers are off by more than ${all.median}`);
    assert.ok(all.within > 0.9, `only ${all.within} of the cycles are in layers within 10 %`);
    assert.ok(Math.abs(all.predicted / all.measured - 1) < 0.03);
  });
}

test('the table in the README is what the measurements say', () => {
  const tables = boards.map((board) => formatAccuracy(board, coefficients as Coefficients)).join('\n\n');
  assert.equal(tableInReadme('cost'), tables);
});

function choose(cycles: Readonly<Record<string, number>>, optimize?: Optimize): string {
  const kernel = (name: string, bytes: number): Kernel<null> => ({
    capability: name === 'plain' ? 'portable' : 'mul32',
    name,
    accepts: () => true,
    lower: () => ({
      ...{ scratchBytes: 0, overlaps: [], sources: [], emit: () => {} },
      constants: [{ name, ctype: 'int8_t', data: new Int8Array(bytes), comment: '', align: 1 }],
    }),
  });
  const context: LowerContext = {
    ...{ capabilities: ['mul32', 'portable'], label: 'a', index: 0, scratchBytes: 0, work: {} },
    optimize,
    cost: (name) => cycles[name.split('/')[1]!],
  };
  return chooseKernel([kernel('plain', 4), kernel('first', 6), kernel('other', 6)], null, context).kernel;
}

test('the kernel of fewest predicted cycles is taken, where it promises enough', () => {
  assert.equal(choose({}), 'mul32/first');
  assert.equal(choose({ first: 1e6, other: 0.95e6, plain: 0.99e6 }), 'mul32/first');
  assert.equal(choose({ first: 1e6, other: 0.8e6, plain: 0.7e6 }), 'portable/plain');
  assert.equal(choose({ first: 1e6, other: 0.8e6 }), 'mul32/other');
  assert.equal(choose({ other: 1 }), 'mul32/first', 'one that was never measured is not compared');
  assert.equal(choose({ first: 1, other: 2, plain: 3 }, 'size'), 'portable/plain');
});

test('a prediction adds up, and there is none for the host', () => {
  const compiled = compile(kws(), pico);
  const { cycles, layers, microseconds } = predictCycles(compiled, pico)!;
  assert.equal(
    cycles,
    layers.reduce<number>((sum, n) => sum + n!, 0),
  );
  assert.equal(microseconds, cycles / 125);
  assert.equal(predictCycles(compile(kws(), host), host), undefined);
});
