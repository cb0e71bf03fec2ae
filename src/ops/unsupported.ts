/**
 * UNSUPPORTED stands for an operator of the source model that crimp does not know. Importers keep it in the
 * graph so that `analyze` can list the whole model and every reason at once; no later stage ever sees one.
 */
import type { OpDefinition } from './op.js';

export interface UnsupportedAttributes {
  /** As the source format spells it: `SVDF`, `CUSTOM:TFLite_Detection_PostProcess`. */
  readonly builtin: string;
  readonly version: number;
  /** Set when the op is known but an option of it is not: the reason. */
  readonly reason?: string;
}

declare module '../graph/graph.js' {
  interface OpAttributes {
    UNSUPPORTED: UnsupportedAttributes;
  }
}

export const unsupported: OpDefinition<'UNSUPPORTED'> = {
  type: 'UNSUPPORTED',
  supports: [],
  check: (op) => [
    {
      code: 'unsupported-op',
      message:
        op.attributes.reason ??
        `${op.attributes.builtin} (version ${op.attributes.version}) is not supported`,
      hint: 'Replace the layer by supported ones (`crimp supported-ops` lists them), or cut the model before it.',
    },
  ],
  infer: () => [],
  macs: () => 0,
  simulate: (op) => {
    throw new Error(`${op.attributes.builtin} cannot be simulated`);
  },
};
