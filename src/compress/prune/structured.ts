/** Structured pruning: whole filters and neurons go, the least important first, until a goal is met. */
import { CrimpError, type Diagnostic, error, inputError, throwIfErrors } from '../../diagnostics.js';
import { elementCount } from '../../graph/access.js';
import { checkGraph } from '../../graph/check.js';
import type { Graph } from '../../graph/graph.js';
import { macsOf } from '../../ops/registry.js';
import { type ChannelGroups, channelGroups } from './channel_groups.js';
import { type Cost, costs, macsOfGraph, parametersOf, paramsOfGraph } from './cost.js';
import { type Importance, type ImportanceOptions, importanceOf } from './importance.js';
import { removalOrder, type Scope } from './removal_order.js';
import { removeChannels } from './remove_channels.js';

/** At most a share of what the model has now, or at most an absolute amount. */
export type Limit = { readonly share: number } | { readonly amount: number };

export type Goal = Limit & {
  /** Counted here, by shapes. */
  readonly metric: Cost;
  /**
   * Or measured by this, whatever the metric then is called in messages: bytes after compiling, cycles on a board. Asked
   * for a few candidates only; `metric` still says what channels are weighed by.
   */
  readonly measure?: { readonly name: string; of(graph: Graph): number | Promise<number> };
};

export interface StructuredOptions extends Partial<ImportanceOptions> {
  readonly goal: Goal;
  /** By default 'layer', which keeps more accuracy where nothing is trained afterwards. */
  readonly scope?: Scope;
  /** By default 'l1'. */
  readonly importance?: Importance;
  /** By default 1. */
  readonly keepMultipleOf?: number;
  readonly onProgress?: (done: number, total: number) => void;
}

export interface Change {
  readonly before: number;
  readonly after: number;
}

export interface PrunedLayer {
  readonly name: string;
  readonly type: string;
  readonly channels: Change;
  readonly macs: Change;
  readonly params: Change;
}

export interface StructuredReport {
  readonly scope: Scope;
  readonly importance: Importance;
  readonly keepMultipleOf: number;
  readonly goal: Change & { readonly metric: string; readonly limit: number };
  readonly macs: Change;
  readonly params: Change;
  /** Layers with weights. */
  readonly layers: readonly PrunedLayer[];
}

/**
 * @param graph float32 that `checkGraph` finds sound
 * @throws CrimpError `already-quantized`, `bad-usage`, `goal-unreachable`, and as `train` where importance takes data
 */
export async function pruneStructured(
  graph: Graph,
  options: StructuredOptions,
): Promise<{ readonly graph: Graph; readonly report: StructuredReport }> {
  const { goal, scope = 'layer', importance = 'l1', keepMultipleOf = 1, onProgress } = options;
  checkStructured(options);
  const groups = channelGroups(graph);
  const ranks = await importanceOf(graph, groups, { ...options, importance });
  const order = removalOrder(graph, groups, ranks, { scope, keepMultipleOf, cost: goal.metric });
  const measure = goal.measure ?? { name: goal.metric, of: costs[goal.metric] };
  const before = await measure.of(graph);
  const limit = 'share' in goal ? goal.share * before : goal.amount;
  // Twice the logarithm, and the model before and at its thinnest: a few more than will be asked for.
  const total = Math.ceil(Math.log2(order.length + 1)) + 2;
  let asked = 0;
  const evaluate = async (steps: number) => {
    const candidate = removeChannels(graph, order.slice(0, steps).flat(), groups);
    const value = await measure.of(candidate);
    onProgress?.(Math.min(++asked, total), total);
    return { candidate, value };
  };
  const found =
    before <= limit ? { candidate: graph, value: before } : await search(order.length, limit, evaluate);
  if (found.value > limit)
    throw unreachable(measure.name, { before, limit, least: found.value }, groups, graph);
  throwIfErrors(checkGraph(found.candidate));
  onProgress?.(total, total);
  const reached = { metric: measure.name, limit, before, after: found.value };
  return {
    graph: found.candidate,
    report: reportOf(graph, found.candidate, { scope, importance, keepMultipleOf, goal: reached }),
  };
}

/** @param pruned of the same ops as `graph` */
export function reportOf(
  graph: Graph,
  pruned: Graph,
  how: Pick<StructuredReport, 'scope' | 'importance' | 'keepMultipleOf' | 'goal'>,
): StructuredReport {
  return {
    ...how,
    macs: { before: macsOfGraph(graph), after: macsOfGraph(pruned) },
    params: { before: paramsOfGraph(graph), after: paramsOfGraph(pruned) },
    layers: layersOf(graph, pruned),
  };
}

interface Candidate {
  readonly candidate: Graph;
  readonly value: number;
}

/** The first number of steps within the limit, by bisection; the last one when none is. */
async function search(
  steps: number,
  limit: number,
  evaluate: (steps: number) => Promise<Candidate>,
): Promise<Candidate> {
  let found = await evaluate(steps);
  let [low, high] = [0, steps];
  while (found.value <= limit && high - low > 1) {
    const middle = (low + high) >> 1;
    const tried = await evaluate(middle);
    if (tried.value <= limit) [found, high] = [tried, middle];
    else low = middle;
  }
  return found;
}

/** @throws CrimpError `bad-usage` */
export function checkStructured({ goal, keepMultipleOf = 1 }: StructuredOptions): void {
  const problems: Diagnostic[] = [];
  const [value, what] = 'share' in goal ? [goal.share, 'share'] : [goal.amount, 'amount'];
  if (!(value > 0 && Number.isFinite(value)) || ('share' in goal && value > 1)) {
    const message = `the goal for ${goal.measure?.name ?? goal.metric} is the ${what} ${value}`;
    problems.push(
      error('bad-usage', message, 'Give the share that may be left, as 0.7, or an amount above 1.'),
    );
  }
  if (!(Number.isInteger(keepMultipleOf) && keepMultipleOf > 0)) {
    const message = `widths cannot be multiples of ${keepMultipleOf}`;
    problems.push(error('bad-usage', message, 'Give a whole number above 0, such as 4.'));
  }
  if (problems.length > 0) throw new CrimpError(problems);
}

function unreachable(
  metric: string,
  { before, limit, least }: { before: number; limit: number; least: number },
  { families }: ChannelGroups,
  graph: Graph,
): CrimpError {
  const number = (n: number) => Math.ceil(n).toLocaleString('en-US');
  const message =
    families.length === 0
      ? `no layer of ${graph.name} has channels that can go: all lead straight to inputs and outputs`
      : `${metric} cannot go from ${number(before)} to ${number(limit)}; ${number(least)} are left with every layer at its thinnest`;
  return inputError('goal-unreachable', message, 'Ask for less, or start from another network.');
}

function layersOf(before: Graph, after: Graph): PrunedLayer[] {
  return before.ops.flatMap((op, i): PrunedLayer[] => {
    if (op.type !== 'CONV_2D' && op.type !== 'DEPTHWISE_CONV_2D' && op.type !== 'FULLY_CONNECTED') return [];
    const both = (look: (graph: Graph) => number) => ({ before: look(before), after: look(after) });
    return [
      {
        name: op.name,
        type: op.type,
        channels: both((g) => g.tensors[g.ops[i]!.outputs[0]!]!.shape.at(-1)!),
        macs: both((g) => macsOf(g.ops[i]!, g)),
        params: both((g) =>
          parametersOf(g.ops[i]!, g).reduce((n, t) => n + elementCount(g.tensors[t]!.shape), 0),
        ),
      },
    ];
  });
}
