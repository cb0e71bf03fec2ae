import { test } from 'node:test';
import { quantize } from '../../src/ops/quantize.js';
import { unaryGraph } from '../property/arbitraries/unary.js';
import { checkProperty } from '../property/harness.js';

test('QUANTIZE: the emitted C equals the simulator', () =>
  checkProperty(
    unaryGraph(
      'QUANTIZE',
      quantize.supports.map((c) => [c.input, c.output] as const),
    ),
    { runs: 300 },
  ));
