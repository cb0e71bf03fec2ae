/** `crimp devices`: ports and boards seen. */
import type { Command } from 'commander';
import { addVerb } from './verb.js';

export function devicesVerb(program: Command): void {
  addVerb(program, {
    usage: 'devices',
    summary: 'ports and boards seen, virtual ones too',
    description: 'Lists serial ports and boards, those waiting in their bootloader and virtual ones too.',
    examples: ['devices', 'devices --json'],
    async action() {
      const { listDevices } = await import('../link/list_devices.js');
      const { formatDevices } = await import('../report/devices.js');
      const document = await listDevices();
      return { document, text: formatDevices(document) };
    },
  });
}
