/** What the passes between import and planning do to a model. */
import type { Diagnostic } from '../diagnostics.js';
import type { Graph } from '../graph/graph.js';
import { optimizeWithLog, type PassStep, passes } from '../passes/index.js';
import { plural } from './table.js';

export interface PassesReport {
  /** Ops of the model, and those that become C. */
  readonly opsBefore: number;
  readonly opsAfter: number;
  /** Every run of a pass that changed something, in order. */
  readonly steps: readonly PassStep[];
}

/** @returns null for a model that cannot be compiled, which no pass sees */
export function reportPasses(graph: Graph, diagnostics: readonly Diagnostic[]): PassesReport | null {
  if (diagnostics.some((d) => d.severity === 'error')) return null;
  const optimized = optimizeWithLog(graph);
  return {
    opsBefore: graph.ops.length,
    opsAfter: optimized.graph.ops.length,
    steps: optimized.steps,
  };
}

export function formatPasses(report: PassesReport | null): string {
  if (!report) return 'passes: they run once everything is supported';
  const { opsBefore, opsAfter, steps } = report;
  const idle = passes.map((pass) => pass.name).filter((name) => !steps.some((step) => step.pass === name));
  return [
    `passes: ${plural(opsBefore, 'op')} of the model, ${opsAfter} of the C`,
    ...steps.flatMap((step) => [
      `  ${step.pass}: ${step.opsBefore} → ${plural(step.opsAfter, 'op')}`,
      ...step.changes.map((change) => `    ${change}`),
    ]),
    ...(idle.length > 0 ? [`  nothing to do: ${idle.join(', ')}`] : []),
  ].join('\n');
}
