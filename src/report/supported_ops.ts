/** Which operators crimp has, for which dtypes, from the registries themselves. */
import { emittedTypes } from '../../codegen/ops/registry.js';
import { allDefinitions } from '../ops/registry.js';
import { table } from './table.js';

export interface SupportedOp {
  readonly type: string;
  readonly input: string;
  /** null where the op has no weights. */
  readonly weights: string | null;
  readonly output: string;
  readonly simulate: boolean;
  readonly c: boolean;
}

export function supportedOps(): SupportedOp[] {
  const inFiles = allDefinitions().filter((definition) => !definition.internal);
  const byName = inFiles.sort((a, b) => (a.type < b.type ? -1 : 1));
  return byName.flatMap(({ type, supports }) =>
    supports.map(({ input, weights, output }) => ({
      type,
      input,
      weights: weights ?? null,
      output,
      simulate: true,
      c: emittedTypes().includes(type),
    })),
  );
}

export function formatSupportedOps(ops: readonly SupportedOp[]): string {
  const yes = (b: boolean) => (b ? 'yes' : 'no');
  return table(
    ['operator', 'input', 'weights', 'output', 'simulate', 'C'].map((title) => ({ title })),
    ops.map((op) => [op.type, op.input, op.weights ?? '', op.output, yes(op.simulate), yes(op.c)]),
  );
}
