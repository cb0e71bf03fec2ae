/**
 * Random float networks in which channels are coupled in every way: residual sums, gates, depthwise, grouped convolutions,
 * branches side by side, flattened images.
 */
import type { Graph } from '../../../src/graph/graph.js';
import { random } from '../../property/random.js';
import { Network } from '../../support/network.js';

const activations = ['NONE', 'RELU', 'RELU6', 'RELU_N1_TO_1'] as const;

export function randomNetwork(seed: number): Graph {
  const rng = random(seed);
  const n = new Network('random', 'float32', seed);
  const activation = () => activations[rng.int(0, 3)]!;
  const kernel = (): [number, number] => [rng.int(1, 3), rng.int(1, 3)];
  const channels = rng.int(1, 3);
  let size = rng.int(4, 7);
  let x = n.input([1, size, size, channels]);
  if (channels === 1 && rng.int(0, 1)) {
    x = n.depthwise(x, { kernel: kernel(), multiplier: rng.int(2, 5), activation: activation() });
  } else x = n.conv(x, rng.int(2, 6), { kernel: kernel(), activation: activation() });
  let width = 0;
  const blocks = rng.int(1, 4);
  for (let block = 0; block < blocks; block++) {
    switch (rng.int(0, 10)) {
      case 0: {
        width = rng.int(2, 6);
        const [a, b] = [n.conv(x, width, { kernel: kernel() }), n.conv(x, width, { kernel: [1, 1] })];
        x = n.add(a, b, activation());
        if (rng.int(0, 1)) x = n.add(x, n.conv(x, width, { kernel: kernel(), activation: 'RELU' }));
        break;
      }
      case 1:
        x = n.depthwise(x, { kernel: kernel(), multiplier: rng.int(1, 2), activation: activation() });
        break;
      case 2:
        x = n.mul(x, n.relu(n.depthwise(x, { kernel: [1, 1] })));
        break;
      case 3:
        x = n.relu6(n.conv(x, rng.int(2, 7), { kernel: kernel(), dilation: rng.int(1, 2) }));
        break;
      case 4:
        if (size < 4) break;
        size = Math.ceil(size / 2);
        x = n.pool(rng.int(0, 1) ? 'MAX_POOL_2D' : 'AVERAGE_POOL_2D', x, { kernel: [2, 2], stride: [2, 2] });
        break;
      case 6:
        x = n.batchNorm(x);
        break;
      case 5:
        x = n.pad(x, [1, 1, 1, 1]);
        size += 2;
        break;
      // As in DenseNet: what a layer reads stays beside what it makes.
      case 7:
        x = n.concat(x, n.conv(x, rng.int(1, 4), { kernel: kernel(), activation: activation() }));
        break;
      // As in Inception, with a branch that knows no weights, and with a sum over all of it.
      case 8: {
        const one = n.conv(x, rng.int(1, 4), { kernel: [1, 1], activation: activation() });
        const two = n.conv(n.relu(one), rng.int(1, 3), { kernel: kernel() });
        const pooled = n.pool('MAX_POOL_2D', x, { kernel: [3, 3] });
        const three = [one, two, pooled, one];
        x = n.concat(...three.slice(rng.int(0, 1), rng.int(3, 4)));
        if (rng.int(0, 1)) x = n.add(x, n.conv(x, n.channels(x), { kernel: [1, 1] }), 'RELU');
        break;
      }
      default: {
        const groups = rng.int(1, 4);
        width = groups * rng.int(1, 3);
        const filters = groups * rng.int(1, 3);
        x = n.conv(n.conv(x, width, { kernel: [1, 1] }), filters, { kernel: [3, 3], groups });
        if (rng.int(0, 1)) x = n.concat(x, x);
      }
    }
  }
  // Along rows, where both have the same channels; of flat images, where a part of the columns is one of them.
  if (rng.int(0, 3) === 0) x = n.concatRows(x, n.relu(x));
  if (rng.int(0, 2) === 0) x = n.mean(x);
  else if (rng.int(0, 3) === 0) x = n.concat(n.flatten(x), n.mean(x));
  else x = n.flatten(x);
  for (let layer = rng.int(0, 2); layer > 0; layer--) x = n.dense(x, rng.int(2, 9), activation());
  return n.build(n.softmax(n.dense(x, 4)));
}
