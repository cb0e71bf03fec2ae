/** Graph → Sources: check, optimize, lower, plan, generate. What build, validate and bench all start from. */
import { generate } from '../codegen/generate.js';
import type { Layer, LowerOptions, Optimize } from '../codegen/layer.js';
import { lower, lowerSmallest } from '../codegen/lower.js';
import { prefixOf } from '../codegen/names.js';
import type { Sources } from '../codegen/sources.js';
import { stripe } from '../codegen/stripe/choose.js';
import type { Target } from '../targets/target.js';
import { type Diagnostic, error, throwIfErrors } from './diagnostics.js';
import { checkGraph } from './graph/check.js';
import type { Graph } from './graph/graph.js';
import { hashGraph } from './graph/hash.js';
import { optimize } from './passes/index.js';
import type { Plan } from './planner/plan.js';
import { plan } from './planner/planner.js';

export interface CompileOptions extends LowerOptions {
  /** What the C symbols begin with, once made an identifier; by default the graph's name. */
  readonly name?: string;
}

export interface Compiled {
  /** As it is emitted: checked, optimized, and where RAM is to be saved with chains of layers in place of layers. */
  readonly graph: Graph;
  readonly layers: readonly Layer[];
  readonly plan: Plan;
  readonly sources: Sources;
  /** Identity of the graph, 16 hex digits; firmware carries it and `validate` compares it. */
  readonly hash: string;
  /** As asked for. */
  readonly packWeights: boolean;
  readonly optimize?: Optimize;
}

/** @throws CrimpError with every problem of the graph. That a model is too large is no error here: ask `checkFit`. */
export function compile(source: Graph, target: Target, options: CompileOptions = {}): Compiled {
  throwIfErrors([...checkGraph(source), ...checkOutputs(source)]);
  const whole = optimize(source);
  const graph = options.optimize === 'ram' ? striped(whole, target, options) : whole;
  const layers = lower(graph, target, options);
  const arena = plan(layers, graph, { alignment: target.alignment });
  const hash = hashGraph(whole);
  const prefix = prefixOf(options.name ?? graph.name);
  return {
    graph,
    layers,
    plan: arena,
    sources: generate({ graph, layers, plan: arena, target, prefix, hash }),
    hash,
    packWeights: options.packWeights ?? false,
    optimize: options.optimize,
  };
}

function striped(graph: Graph, target: Target, options: CompileOptions): Graph {
  return stripe(graph, lowerSmallest(graph, target, options), target.alignment);
}

/** An output has to lie in the arena, where a program can read it. */
function checkOutputs(graph: Graph): Diagnostic[] {
  return graph.outputs.flatMap((index) => {
    const tensor = graph.tensors[index]!;
    if (!tensor.data) return [];
    const where = { tensor: { index, name: tensor.name } };
    return [
      error('constant-output', 'an output of the model is a constant', 'Remove it from the outputs.', where),
    ];
  });
}

/**
 * Does the arena fit the board's RAM, and do the constants fit its flash? Every reason why not.
 * @param sources with `inputBytes` for crimp's own firmware, which keeps a copy of the input beside the arena
 */
export function checkFit(
  sources: Pick<Sources, 'arenaBytes' | 'weightsBytes'> & { readonly inputBytes?: number },
  target: Target,
): Diagnostic[] {
  const { arenaBytes, inputBytes = 0 } = sources;
  if (!target.firmware) return [];
  const { ram, flash, stackBytes } = target.firmware;
  const problems: Diagnostic[] = [];
  const room = ram.bytes - stackBytes;
  if (arenaBytes + inputBytes > room) {
    const input = inputBytes > 0 ? ` and the firmware’s copy of the input ${inputBytes}` : '';
    const message = `the arena needs ${arenaBytes} bytes of RAM${input}; ${target.name} has ${room} beside its stack`;
    problems.push(error('model-too-large', message, 'Use smaller feature maps, or a board with more RAM.'));
  }
  if (sources.weightsBytes > flash.bytes) {
    const message = `the constants need ${sources.weightsBytes} bytes of flash; ${target.name} has ${flash.bytes}`;
    problems.push(
      error('model-too-large', message, 'Quantize or prune the model, or use a board with more flash.'),
    );
  }
  return problems;
}
