import { test } from 'node:test';
import { dequantize } from '../../src/ops/dequantize.js';
import { unaryGraph } from '../property/arbitraries/unary.js';
import { checkProperty } from '../property/harness.js';

test('DEQUANTIZE: the emitted C equals the simulator', () =>
  checkProperty(
    unaryGraph(
      'DEQUANTIZE',
      dequantize.supports.map((c) => [c.input, c.output] as const),
    ),
  ));
