import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lower } from '../../codegen/lower.js';
import { graphBuilder, perTensor } from '../../src/graph/build.js';
import type { Graph } from '../../src/graph/graph.js';
import { host } from '../../targets/host.js';
import { proveGraphs } from '../property/harness.js';

/** From input to output directly, between layers, of a constant, and twice from one tensor. */
function graphs(): Graph[] {
  const quantization = perTensor(0.5, -3);
  const int8 = (...shape: number[]) => ({ dtype: 'int8', shape, quantization }) as const;
  const direct = graphBuilder('direct');
  const between = graphBuilder('between');
  const constant = graphBuilder('constant');
  const twice = graphBuilder('twice');

  const first = between.op('RELU', 'first', [between.input('x', int8(2, 3, 4))], {}, int8(2, 3, 4));
  const flat = between.op('RESHAPE', 'flat', [first], { newShape: [-1] }, int8(24));
  const data = Int8Array.from([1, 2, 3, -4, 5, 6]);
  const view = constant.op('RESHAPE', 'view', [constant.constant('c', { ...int8(6), data })], {}, int8(2, 3));
  const x = twice.input('x', int8(6));
  const rows = twice.op('RESHAPE', 'rows', [x], {}, int8(2, 3));
  const columns = twice.op('RESHAPE', 'columns', [x], {}, int8(3, 2));
  const relu = twice.op('RELU', 'relu', [rows], {}, int8(2, 3));
  return [
    direct.build(direct.op('RESHAPE', 'y', [direct.input('x', int8(2, 6))], {}, int8(3, 1, 4))),
    between.build(between.op('RELU6', 'y', [flat], {}, int8(24))),
    constant.build(
      constant.op('ADD', 'y', [constant.input('x', int8(2, 3)), view], { activation: 'NONE' }, int8(2, 3)),
    ),
    twice.build(relu, columns),
  ];
}

test('RESHAPE: the emitted C equals the simulator', () => proveGraphs(graphs()));

test('RESHAPE is a view: no code, no constants', () => {
  const [layer] = lower(graphs()[0]!, host);
  assert.equal(layer!.alias, 0);
  assert.deepEqual(layer!.constants, []);
});
