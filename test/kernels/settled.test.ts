/** Channels that give one value whatever the input do not keep a layer from its mul32 kernel, and give that value. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compile } from '../../src/compile.js';
import { graphBuilder, perChannel, perTensor } from '../../src/graph/build.js';
import type { Graph } from '../../src/graph/graph.js';
import { pico } from '../../targets/pico.js';
import { proveGraphs } from '../property/harness.js';
import { random } from '../property/random.js';

const channels = 8;

type Layer = 'CONV_2D' | 'DEPTHWISE_CONV_2D' | 'FULLY_CONNECTED';

/** One layer, channels 1, 4 and 5 of which say one value alone, as converters write them: weights of 0, biases of ±2^30, or tiny ones. */
function layer(type: Layer, seed: number): Graph {
  const rng = random(seed);
  const b = graphBuilder(type.toLowerCase());
  const dense = type === 'FULLY_CONNECTED';
  const depthwise = type === 'DEPTHWISE_CONV_2D';
  const image = dense ? [1, channels] : [1, 5, 5, channels];
  const x = b.input('x', { dtype: 'int8', shape: image, quantization: perTensor(0.02, 3) });
  const scale = Float32Array.from({ length: channels }, () => 0.002 + 0.01 * rng.next());
  const shape = dense ? [channels, channels] : depthwise ? [1, 3, 3, channels] : [channels, 1, 1, channels];
  const size = shape.reduce((n, d) => n * d, 1);
  const channelOf = (i: number) => (depthwise ? i % channels : Math.floor(i / channels));
  for (const c of [1, 4, 5]) scale[c] = 1e-9 * (c + 1);
  const data = Int8Array.from({ length: size }, (_, i) => {
    const c = channelOf(i);
    return c === 1 || c === 4 ? 0 : rng.int(-90, 90);
  });
  const bias = Int32Array.from({ length: channels }, () => rng.int(-2000, 2000));
  bias[1] = -(2 ** 30);
  bias[4] = 2 ** 30;
  const weights = b.constant('weights', {
    dtype: 'int8',
    shape,
    data,
    quantization: perChannel(scale, depthwise ? 3 : 0),
  });
  const biases = b.constant('bias', {
    dtype: 'int32',
    shape: [channels],
    data: bias,
    quantization: perChannel(
      scale.map((s) => s * 0.02),
      0,
    ),
  });
  const output = { dtype: 'int8', shape: image, quantization: perTensor(0.05, -20) } as const;
  const window = {
    padding: 'SAME',
    stride: { height: 1, width: 1 },
    dilation: { height: 1, width: 1 },
    activation: 'NONE',
  } as const;
  const inputs = [x, weights, biases];
  if (type === 'CONV_2D') return b.build(b.op(type, 'y', inputs, window, output));
  if (type === 'DEPTHWISE_CONV_2D')
    return b.build(b.op(type, 'y', inputs, { ...window, depthMultiplier: 1 }, output));
  return b.build(
    b.op(type, 'y', inputs, { activation: 'NONE', keepNumDims: false, weightsFormat: 'DEFAULT' }, output),
  );
}

for (const type of ['CONV_2D', 'DEPTHWISE_CONV_2D', 'FULLY_CONNECTED'] as const) {
  test(`${type} with settled channels is exact and fast`, async () => {
    const graphs = [1, 2, 3].map((seed) => layer(type, seed));
    for (const graph of graphs) {
      const [made] = compile(graph, pico).sources.layers;
      assert.match(made!.kernel, /^mul32\//);
    }
    const { capabilities } = pico;
    await proveGraphs(graphs, { capabilities, samples: 6 });
    await proveGraphs(graphs, { capabilities, samples: 3, packWeights: true });
  });
}
