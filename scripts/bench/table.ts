/** results.json beside the peers, as the README shows it. */
import { count } from '../../src/report/table.js';
import { findTarget } from '../../targets/index.js';
import { markdown } from '../readme.js';
import type { Measurement } from './measure.js';
import { benchModels } from './models.js';
import { peers } from './peers.js';

/** Of one board, and of the models that the peers ran on it. */
export function formatBench(results: readonly Measurement[], target: string): string {
  const header = [
    `${findTarget(target).title}: model (MACs)`,
    ...['cycles: TFLM', 'crimp', 'per MAC', 'with flash cache: TFLM', 'crimp'],
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
        ...[count(peer.xipCycles), count(own.xipCycles)],
        ...[peer.arenaBytes, own.arenaBytes, peer.codeBytes, own.codeBytes].map(count),
      ],
    ];
  });
  return markdown(header, `l${'r'.repeat(header.length - 1)}`, rows);
}
