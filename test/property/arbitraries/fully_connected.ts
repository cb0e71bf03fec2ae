/** Random graphs of one FULLY_CONNECTED. */
import fc from 'fast-check';
import { graphBuilder } from '../../../src/graph/build.js';
import type { Graph } from '../../../src/graph/graph.js';
import { random } from '../random.js';
import { activation, addWeights, kinds, seed } from './weighted.js';

export const fullyConnectedGraph: fc.Arbitrary<Graph> = fc
  .record({
    kind: fc.constantFrom(...kinds),
    inputs: fc.integer({ min: 1, max: 70 }),
    outputs: fc.integer({ min: 1, max: 20 }),
    leading: fc.array(fc.integer({ min: 1, max: 3 }), { maxLength: 3 }),
    keepNumDims: fc.boolean(),
    activation,
    perChannel: fc.boolean(),
    seed,
  })
  .map(({ kind, inputs, outputs, leading, keepNumDims, ...rest }) => {
    const builder = graphBuilder('fully_connected');
    const weights = addWeights(builder, kind, random(rest.seed), {
      shape: [outputs, inputs],
      channels: outputs,
      axis: 0,
      taps: inputs,
      // TFLM refuses int4 weights with a scale for each output.
      perChannel: rest.perChannel && kind.weights !== 'int4',
    });
    const input = builder.input('x', {
      dtype: kind.input,
      shape: [...leading, inputs],
      quantization: weights.input,
    });
    const batch = leading.reduce((n, d) => n * d, 1);
    const { quantizedBiasType } = kind;
    const output = builder.op(
      'FULLY_CONNECTED',
      'y',
      [input, ...weights.inputs],
      {
        activation: rest.activation,
        keepNumDims,
        weightsFormat: 'DEFAULT',
        ...(quantizedBiasType && { quantizedBiasType }),
      },
      {
        dtype: kind.input,
        shape: keepNumDims ? [...leading, outputs] : [batch, outputs],
        quantization: weights.output,
      },
    );
    return builder.build(output);
  });
