/** The text of a bench. */
import type { Target } from '../../targets/target.js';
import type { Bench } from '../measure/bench.js';
import { type Column, count, milliseconds, shorten, table } from './table.js';

export interface BenchText {
  /** The same with the flash cache modelled: shown beside it. */
  readonly withXipCache?: Bench;
}

export function formatBench(bench: Bench, target: Target, { withXipCache }: BenchText = {}): string {
  const { macs, counts, cyclesPerMac, stackBytes } = bench;
  return [
    `${target.title}: ${formatCycles(bench, target.clockHz)}`,
    ...(withXipCache ? [`with its flash cache modelled: ${formatCycles(withXipCache, target.clockHz)}`] : []),
    macs === 0 ? 'no MACs' : `${count(macs)} MACs, ${cyclesPerMac.toFixed(2)} ${counts}/MAC`,
    ...(stackBytes === undefined ? [] : [`stack: ${count(stackBytes)} B at its deepest`]),
    '',
    formatLayers(bench, withXipCache),
  ].join('\n');
}

/** `2,558,967 cycles (min 2,558,252, max 2,558,967), 20.47 ms at 125 MHz` */
export function formatCycles({ counts, cycles, microseconds }: Bench, clockHz: number): string {
  const { min, median, max } = cycles;
  const range = `min ${count(min)}, max ${count(max)}`;
  const time = microseconds === undefined ? '' : `, ${milliseconds(microseconds)} at ${clockHz / 1e6} MHz`;
  return `${count(median)} ${counts} (${range})${time}`;
}

/** Blank is what does not apply: MACs of a pooling, cycles of what is only another shape. */
function formatLayers(bench: Bench, withXipCache?: Bench): string {
  const right = 'right' as const;
  const columns: Column[] = [
    { title: '#', align: right },
    { title: 'layer' },
    { title: 'type' },
    { title: 'MACs', align: right },
    { title: bench.counts, align: right },
    ...(withXipCache ? [{ title: 'with cache', align: right }] : []),
    { title: `${bench.counts}/MAC`, align: right },
    { title: 'share', align: right },
  ];
  const unlessZero = (n: number, text = count(n)) => (n === 0 ? '' : text);
  const rows = bench.layers.map(({ name, type, macs, cycles }, i) => [
    i,
    shorten(name),
    type,
    unlessZero(macs),
    unlessZero(cycles),
    ...(withXipCache ? [unlessZero(withXipCache.layers[i]?.cycles ?? 0)] : []),
    unlessZero(macs * cycles, (cycles / macs).toFixed(2)),
    unlessZero(cycles, `${((100 * cycles) / bench.cycles.median).toFixed(1)} %`),
  ]);
  return table(columns, rows);
}
