/** results.json beside the peers, as the README shows it. */
import { count } from '../../src/report/table.js';
import { findTarget } from '../../targets/index.js';
import { markdown } from '../readme.js';
import type { Measurement } from './measure.js';
import { benchModels } from './models.js';
import { peers } from './peers.js';

/** Of one board, and of the models that the peers ran on it. Columns that nothing is known of are left away. */
export function formatBench(results: readonly Measurement[], target: string): string {
  const { title: board, firmware } = findTarget(target);
  const header = [
    `${board}: model (MACs)`,
    ...[`${firmware!.counts}: TFLM`, 'crimp', 'per MAC', 'with flash cache: TFLM', 'crimp'],
    ...['arena: TFLM', 'crimp', 'code: TFLM', 'crimp'],
  ];
  const rows = benchModels.flatMap(({ name, title, network }) => {
    const own = results.find((r) => r.model === name && r.target === target);
    const peer = peers[target]?.[name];
    if (!own || !peer) return [];
    const perMac = own.cycles / own.macs;
    return [
      [
        `${title} (${count(own.macs)})${network ? ' †' : ''}`,
        ...[count(peer.cycles), count(own.cycles), perMac.toFixed(perMac < 10 ? 2 : 1)],
        ...[
          peer.xipCycles,
          own.xipCycles,
          peer.arenaBytes,
          own.arenaBytes,
          peer.codeBytes,
          own.codeBytes,
        ].map((n) => (n === undefined ? '' : count(n))),
      ],
    ];
  });
  // A heading says whose figure stands first; where the peer's is unknown, the own one takes its heading.
  const known = header.map((_, c) => rows.some((row) => row[c] !== ''));
  const headings = header.map((text, c) =>
    text === 'crimp' && !known[c - 1] ? header[c - 1]!.replace(/: .*/, ': crimp') : text,
  );
  const pick = (row: readonly string[]) => row.filter((_, c) => known[c]);
  return markdown(pick(headings), `l${'r'.repeat(pick(header).length - 1)}`, rows.map(pick));
}
