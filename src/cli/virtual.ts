/** `crimp virtual`: a virtual board on a pseudo-terminal, for any other program. */
import type { Command } from 'commander';
import { addVerb } from './verb.js';

export function virtualVerb(program: Command): void {
  addVerb<{ json?: boolean }>(program, {
    usage: 'virtual <board> [firmware]',
    summary: 'a virtual board on a pseudo-terminal',
    description:
      'Serves a virtual board on a pseudo-terminal until Ctrl-C, for any other program, and prints its path.',
    examples: [
      'virtual pico build/firmware.uf2',
      'virtual pico   # an empty board, waiting in its bootloader',
      'virtual pico2 build/firmware.uf2',
      'virtual rv32imc build/firmware.elf',
    ],
    async action([name, file], { json }, io) {
      const { serveVirtual } = await import('../measure/serve_virtual.js');
      const { path, drive } = await serveVirtual(name!, file, io.note);
      process.stdout.write(json ? `${JSON.stringify({ port: path, drive })}\n` : `${path}\n`);
      if (drive !== undefined) io.note(`drive of the bootloader: ${drive}`);
      io.note('Ctrl-C unplugs the board');
      // Ending it is how this verb succeeds; exit handlers take the terminal and the drive away.
      for (const signal of ['SIGINT', 'SIGTERM'] as const)
        process.prependOnceListener(signal, () => process.exit(0));
      return new Promise(() => {});
    },
  });
}
