/** The text of a bench. */
import type { Bench } from '../measure/bench.js';
import { count, table } from './table.js';

export function formatBench(bench: Bench, target: string, clockHz: number): string {
  const { min, median, max } = bench.cycles;
  const rows = bench.layers.map(({ name, type, macs, cycles }, i) => [
    i,
    shorten(name),
    type,
    macs === 0 ? '' : count(macs),
    cycles === 0 ? '' : count(cycles),
    macs === 0 || cycles === 0 ? '' : (cycles / macs).toFixed(2),
    cycles === 0 ? '' : `${((100 * cycles) / median).toFixed(1)} %`,
  ]);
  const right = 'right' as const;
  return [
    `${target}: ${count(median)} cycles an inference (min ${count(min)}, max ${count(max)}), ` +
      `${milliseconds(bench.microseconds)} at ${clockHz / 1e6} MHz`,
    `${count(bench.macs)} MACs, ${bench.cyclesPerMac.toFixed(2)} cycles/MAC`,
    ...(bench.stackBytes === undefined ? [] : [`stack: ${count(bench.stackBytes)} B at its deepest`]),
    '',
    table(
      [
        { title: '#', align: right },
        { title: 'layer' },
        { title: 'type' },
        { title: 'MACs', align: right },
        { title: 'cycles', align: right },
        { title: 'cycles/MAC', align: right },
        { title: 'share', align: right },
      ],
      rows,
    ),
  ].join('\n');
}

export function milliseconds(microseconds: number): string {
  return `${(microseconds / 1000).toPrecision(4)} ms`;
}

/** Keras joins the names of fused ops by `;`, which no table can hold. */
export function shorten(name: string, width = 40): string {
  const first = name.split(';')[0]!;
  return first.length <= width ? first : `…${first.slice(1 - width)}`;
}
