/** Known models, all the way: firmware on the virtual Pico, every tensor the simulator's, every output TFLM's, within budget. */
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { compile } from '../../src/compile.js';
import { withTemporaryFolder } from '../../src/files.js';
import { boardSizes, buildFirmware, type FirmwareBuild } from '../../src/firmware/build.js';
import { bench } from '../../src/measure/bench.js';
import { openRunner } from '../../src/measure/open_runner.js';
import type { Subject } from '../../src/measure/subject.js';
import { type Samples, validate } from '../../src/measure/validate.js';
import { findTarget } from '../../targets/index.js';
import { type Golden, goldenGraph, readGolden, withoutGoldens } from '../support/golden.js';
import { personDetect, vww } from '../support/models.js';
import { budgets } from './budgets.js';

const target = findTarget('pico');

for (const budget of budgets) {
  describe(budget.golden, { skip: withoutGoldens }, () => {
    let golden: Golden;
    let subject: Subject;
    let samples: Samples;
    before(() => {
      golden = readGolden(budget.golden);
      subject = { compiled: compile(goldenGraph(golden)!, target, { name: golden.name }), target };
      const [set] = golden.sets;
      const size = set!.inputs.length / set!.samples;
      samples = { count: 1, bytes: (i) => set!.inputs.subarray(i * size, (i + 1) * size) };
    });

    test('runs on the virtual board, exact in every tensor, within its cycles', async () => {
      const runner = await openRunner(subject);
      try {
        const validation = await validate(runner, samples, { tensors: true });
        assert.deepEqual(validation.firstMismatch, null);
        assert.ok(validation.values >= subject.compiled.sources.outputBytes);

        const { outputs } = await runner.infer(samples.bytes(0));
        assert.deepEqual(Buffer.from(outputs), golden.sets[0]!.outputs.subarray(0, outputs.length));

        const { cycles, macs, layers } = await bench(runner, samples);
        assert.equal(macs, budget.macs);
        assert.ok(cycles.median <= budget.cycles, `${cycles.median} cycles, promised ${budget.cycles}`);
        const sum = layers.reduce((n, layer) => n + layer.cycles, 0);
        // What calls them takes a few cycles of its own.
        const apart = Math.abs(sum - cycles.median);
        assert.ok(apart < 0.02 * cycles.median + 20, `layers take ${sum} of ${cycles.median} cycles`);
      } finally {
        await runner.close();
      }
    });

    test('keeps within its arena and code', async () => {
      const build = await sizesOf(subject);
      const { flash, ram } = boardSizes(build)!;
      assert.equal(ram.arena, subject.compiled.plan.arenaBytes);
      assert.ok(ram.arena <= budget.arena, `${ram.arena} bytes of arena, promised ${budget.arena}`);
      const { model } = flash.parts;
      assert.ok(model <= budget.code, `${model} bytes of layers and kernels, promised ${budget.code}`);
      const { code } = flash;
      assert.ok(
        code <= budget.firmware,
        `${code} bytes of code with the firmware, promised ${budget.firmware}`,
      );
    });
  });
}

/** Shapes of models whose weights are not at hand: what memory they take does not depend on the weights. */
for (const [name, graph, arena] of [
  ['VWW', vww(), 55_400],
  ['person_detect', personDetect(), 55_400],
] as const) {
  test(`${name} keeps within its arena`, () => {
    const { plan } = compile(graph, target);
    assert.ok(plan.arenaBytes <= arena, `${plan.arenaBytes} bytes of arena, promised ${arena}`);
  });
}

function sizesOf({ compiled }: Subject): Promise<FirmwareBuild> {
  return withTemporaryFolder((folder) => buildFirmware(compiled, target, { directory: `${folder}/build` }));
}
