/** The text of a simulation. */
import { elementCount } from '../graph/access.js';
import type { Graph } from '../graph/graph.js';
import { firstOutput } from '../measure/accuracy.js';
import type { Simulation } from '../measure/simulate.js';
import { count, percent } from './table.js';

const shownSamples = 10;
const shownValues = 12;

/** A summary; without an output file also the first answers, as the integers the device returns. */
export function formatSimulation(graph: Graph, simulation: Simulation, file?: string): string {
  const lines = [`${count(simulation.samples)} samples simulated${file ? `, outputs in ${file}` : ''}`];
  if (simulation.accuracy !== undefined) lines.push(`accuracy: ${percent(simulation.accuracy)}`);
  if (file) return lines.join('\n');
  const stride = simulation.outputs.length / Math.max(1, simulation.samples);
  const values = elementCount(graph.tensors[graph.outputs[0]!]!.shape);
  for (let i = 0; i < Math.min(simulation.samples, shownSamples); i++) {
    const answer = Array.from(firstOutput(graph, simulation.outputs.subarray(i * stride, (i + 1) * stride)));
    const rest = values > shownValues ? ` … (${values} values)` : '';
    lines.push(`${i}: ${answer.slice(0, shownValues).join(' ')}${rest}`);
  }
  if (simulation.samples > shownSamples) lines.push('…');
  return lines.join('\n');
}
