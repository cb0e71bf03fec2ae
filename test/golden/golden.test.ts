/** Every golden model: simulator, emitted C and virtual board answer as TFLM does, every tensor. `npm run goldens` is the table. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compileGoldens, type GoldenInC, inC } from '../../scripts/goldens/in_c.js';
import { readGoldens } from '../../scripts/goldens/known.js';
import { isInteger, onBoard } from '../../scripts/goldens/on_board.js';
import { simulated } from '../../scripts/goldens/simulated.js';
import { findTarget, targets } from '../../targets/index.js';
import type { Capability } from '../../targets/target.js';
import { withoutGoldens } from '../support/golden.js';

const { known, refused } = readGoldens();

test('no golden model is refused', { skip: withoutGoldens }, () => {
  assert.deepEqual(refused, []);
});

test('the simulator answers as TFLM does, outputs and every tensor between', { skip: withoutGoldens }, () => {
  const faults = known.map((k) => [k.golden.name, simulated(k)]).filter(([, fault]) => fault);
  assert.deepEqual(faults, []);
});

/** The kernels that some target would take, compiled for this computer. */
const kernelSets = new Map(targets.map((t) => [t.capabilities.join(' and '), t.capabilities]));

/** Whether the set's first kernels compute any layer: all others are the same C as with the rest of the set. */
function concerns([first]: readonly Capability[], { compiled }: GoldenInC): boolean {
  return first === 'portable' || compiled.layers.some(({ kernel }) => kernel.startsWith(`${first}/`));
}

for (const [names, capabilities] of kernelSets) {
  test(`the emitted C answers as TFLM does with ${names} kernels`, { skip: withoutGoldens }, async () => {
    const models = compileGoldens(known, capabilities).filter((model) => concerns(capabilities, model));
    assert.ok(models.length > 20, `${models.length} models`);
    assert.deepEqual([...(await inC(models))], []);
  });
}

/** All of them take minutes; of families that differ in numbers alone, neighbors by name, each shows up. */
const every = 4;

test(`each ${every}th integer model answers as TFLM does on the Pico`, { skip: withoutGoldens }, async () => {
  const pico = findTarget('pico');
  let ran = 0;
  for (const model of known.filter(isInteger).filter((_, i) => i % every === 0)) {
    const answer = await onBoard(model, pico);
    if (!answer) continue;
    assert.equal(answer.fault, undefined, model.golden.name);
    ran++;
  }
  assert.ok(ran > 40, `${ran} models`);
});
