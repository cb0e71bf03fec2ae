import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compile } from '../../src/compile.js';
import { graphBuilder } from '../../src/graph/build.js';
import type { AnyOp, Graph } from '../../src/graph/graph.js';
import { optimize } from '../../src/passes/index.js';
import { createSimulator } from '../../src/simulator/simulator.js';
import { host } from '../../targets/host.js';

const values = { dtype: 'int32', shape: [2] } as const;

/** Gives what it was given in the inference before, by a variable that starts from 5 and 6. */
function delay(read: boolean): Graph {
  const b = graphBuilder('delay');
  const x = b.input('x', values);
  const variable = b.state('variable', { ...values, initial: Int32Array.of(5, 6) });
  const y = read ? b.op('READ_VARIABLE', 'y', [variable], {}, values) : x;
  const graph = b.build(y);
  const assign = {
    type: 'ASSIGN_VARIABLE',
    name: 'assign',
    inputs: [variable, x],
    outputs: [],
    attributes: {},
  };
  return { ...graph, ops: [...graph.ops, assign as unknown as AnyOp] };
}

test('what is assigned is read at the next inference; reset brings back what was at the start', () => {
  const simulator = createSimulator(delay(true));
  const step = (...x: number[]) => {
    simulator.setInputs(new Uint8Array(Int32Array.from(x).buffer));
    simulator.run();
    return [...new Int32Array(simulator.outputs().buffer)];
  };
  assert.deepEqual(
    [step(1, 2), step(3, 4), step(0, 0)],
    [
      [5, 6],
      [1, 2],
      [3, 4],
    ],
  );
  simulator.reset();
  assert.deepEqual(step(7, 7), [5, 6]);
});

test('an assignment stays as long as something reads it', () => {
  assert.equal(optimize(delay(true)).ops.length, 2);
  assert.equal(optimize(delay(false)).ops.length, 0);
});

test('state has bytes of its own, set by reset from a constant where one byte will not do', () => {
  const { sources } = compile(delay(true), host, { name: 'delay' });
  assert.equal(sources.state.length, 1);
  const { offset, bytes } = sources.state[0]!;
  assert.equal(bytes, 8);
  for (const io of [...sources.inputs, ...sources.outputs]) {
    assert.ok(io.offset! + io.bytes <= offset || offset + bytes <= io.offset!, `${io.name} lies over state`);
  }
  assert.match(sources.files.get('delay.c')!, /memcpy\(delay_arena( \+ \d+)?, delay_state_1, 8\);/);
  assert.match(sources.files.get('delay.h')!, /8 bytes of state.*void delay_reset\(void\);/s);
});
