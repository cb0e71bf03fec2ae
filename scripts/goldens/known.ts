/** Golden models as graphs, those that crimp refuses with its reasons. */
import { type Diagnostic, formatDiagnostic } from '../../src/diagnostics.js';
import type { Graph } from '../../src/graph/graph.js';
import { inspectModel } from '../../src/importers/index.js';
import { sha256Of } from '../../src/recipe/sha256.js';
import { type Golden, goldenNames, readGolden } from '../../test/support/golden.js';

export interface Known {
  readonly golden: Golden;
  readonly graph: Graph;
}

export interface Refused {
  readonly name: string;
  readonly reasons: string;
}

export function readGoldens(only: (name: string) => boolean = () => true): {
  readonly known: readonly Known[];
  readonly refused: readonly Refused[];
} {
  const known: Known[] = [];
  const refused: Refused[] = [];
  for (const name of goldenNames().filter(only)) {
    const golden = readGolden(name);
    const { graph, diagnostics } = inspectModel(golden.model, { name });
    const errors = diagnostics.filter((d: Diagnostic) => d.severity === 'error');
    if (errors.length > 0) refused.push({ name, reasons: errors.map(formatDiagnostic).join('\n') });
    else known.push({ golden, graph });
  }
  return { known, refused };
}

/** In the order of their sets; `index` is the sample's in its set. */
export function* samplesOf(golden: Golden) {
  for (const [set, { inputs, outputs, samples }] of golden.sets.entries()) {
    const [inBytes, outBytes] = [inputs.length / samples, outputs.length / samples];
    for (let index = 0; index < samples; index++) {
      const input = inputs.subarray(index * inBytes, (index + 1) * inBytes);
      yield { set, index, input, output: outputs.subarray(index * outBytes, (index + 1) * outBytes) };
    }
  }
}

/**
 * Compares what was written with TFLM's hashes of it, of a sample of the first set.
 * @param bytesOf what a tensor held once it was written; undefined where a pass has removed it
 * @returns the first tensor, in execution order, that is another
 */
export function wrongTensor(
  golden: Golden,
  sample: number,
  bytesOf: (tensor: number) => Uint8Array | undefined,
): string | undefined {
  const wrong = golden.tensors.find(({ subgraph, index, op, sha256 }) => {
    const bytes = subgraph === 0 && op !== '' && sha256[sample] ? bytesOf(index) : undefined;
    return bytes && sha256Of(bytes) !== sha256[sample];
  });
  return wrong && `tensor ${wrong.index} "${wrong.name}" of ${wrong.op}`;
}
