/** `crimp doctor`: is this machine ready, and what would make it so? */
import type { Command } from 'commander';
import { Exit } from '../diagnostics.js';
import { addVerb } from './verb.js';

export function doctorVerb(program: Command): void {
  addVerb(program, {
    usage: 'doctor',
    summary: 'toolchains, permissions and versions',
    description:
      'Looks at toolchains, permissions and versions, and names the command that mends what is missing. Exit code 3: something is missing.',
    examples: ['doctor', 'doctor --json'],
    async action() {
      const { examine } = await import('../report/doctor.js');
      const { formatDoctor } = await import('../report/doctor.js');
      const document = await examine();
      return { document, text: formatDoctor(document), exitCode: document.ok ? Exit.ok : Exit.environment };
    },
  });
}
