/** `crimp supported-ops`: the table of operators and dtypes. */
import type { Command } from 'commander';
import { addVerb } from './verb.js';

export function supportedOpsVerb(program: Command): void {
  addVerb(program, {
    usage: 'supported-ops',
    summary: 'what can be simulated and turned into C',
    description: 'Shows which operators and dtypes can be simulated and turned into C.',
    examples: ['supported-ops', 'supported-ops --json'],
    async action() {
      const { supportedOps, formatSupportedOps } = await import('../report/supported_ops.js');
      const document = supportedOps();
      return { document, text: formatSupportedOps(document) };
    },
  });
}
