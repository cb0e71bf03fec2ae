/** PREFIX.c: the arena and one function a layer. */
import type { AnyOp, Graph } from '../src/graph/graph.js';
import type { Target } from '../targets/target.js';
import type { Addresses, Layer } from './layer.js';
import { describe, grouped } from './model_header.js';
import { Printer } from './printer.js';
import { printReset, type StateReset } from './reset.js';
import type { SourceLayer } from './sources.js';

export interface EmittedLayer {
  readonly layer: Layer;
  readonly source: SourceLayer;
  readonly at: Addresses;
}

export function modelSource(
  graph: Graph,
  {
    prefix,
    emitted,
    target,
    reset,
  }: {
    prefix: string;
    emitted: readonly EmittedLayer[];
    target: Target;
    reset: readonly StateReset[];
  },
): string {
  const upper = prefix.toUpperCase();
  const out = new Printer();
  out.comment(`Layers of ${prefix}, written by crimp. The interface is in ${prefix}.h.`);
  out.line(`#include "${prefix}.h"`).line();
  if (reset.length > 0) out.line('#include <string.h>').line();
  out.line('#if defined(__GNUC__) || defined(__clang__)');
  out.line(`#define ${upper}_ALIGNED(bytes) __attribute__((aligned(bytes)))`);
  out.comment(
    'Kept even where a compiler folds a value into the code: the size promised is the size linked.',
  );
  out.line(`#define ${upper}_CONSTANT static const __attribute__((used))`);
  out.line('#else');
  out.line(`#define ${upper}_ALIGNED(bytes)`);
  out.line(`#define ${upper}_CONSTANT static const`);
  out.line('#endif').line();
  out.line(`#include "${prefix}_kernels.h"`);
  out.line(`#include "${prefix}_weights.h"`).line();
  out.line(`${upper}_ALIGNED(${target.alignment}) uint8_t ${prefix}_arena[${upper}_ARENA_BYTES];`);

  for (const { layer, source, at } of emitted) {
    const op = graph.ops[layer.op]!;
    layer.emitParts?.(out, at);
    out.line().comment(...layerComment(graph, op, layer, source.macs));
    out.function(`static void ${source.symbol}(void)`, () => layer.emit(out, at));
  }

  out.line();
  if (reset.length > 0) {
    printReset(out, prefix, reset);
    out.line();
  }
  out.function(`void ${prefix}_invoke(void)`, () => {
    for (const { source } of emitted) out.line(`${source.symbol}();`);
  });
  out.line();
  const table = emitted.map(({ source }) => source.symbol);
  // C has no empty arrays: a model of views alone gets a table of one null that nothing calls.
  out.list(`void (*const ${prefix}_layers[])(void)`, table.length > 0 ? table : ['0']);
  return out.toString();
}

/** What a function computes, from what to what, and how. */
export function layerComment(
  graph: Graph,
  op: AnyOp,
  layer: Pick<Layer, 'kernel' | 'why'>,
  count: number,
): string[] {
  const inputs = op.inputs.flatMap((t) =>
    t < 0 || graph.tensors[t]!.data ? [] : [describe(graph.tensors[t]!)],
  );
  const outputs = op.outputs.map((t) => describe(graph.tensors[t]!));
  const macs = count > 0 ? `, ${grouped(count)} MACs` : '';
  return [
    `${op.type} "${op.name}"`,
    `${inputs.join(' + ')}${outputs.length > 0 ? ` -> ${outputs.join(', ')}` : ''}${macs}`,
    `${layer.kernel}${layer.why ? `: ${layer.why}` : ''}`,
  ];
}
