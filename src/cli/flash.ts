/** `crimp flash`: firmware onto a board. */
import type { Command } from 'commander';
import { addVerb, type Io } from './verb.js';

interface Options {
  port?: string;
  volume?: string;
}

export function flashVerb(program: Command): void {
  addVerb<Options>(program, {
    usage: 'flash <build>',
    summary: 'firmware onto a board',
    description: 'Writes the firmware of a build folder to a board and makes sure that it runs.',
    examples: [
      'flash build --port /dev/ttyACM0',
      'flash build --port virtual:pico',
      'flash build --volume /media/me/RPI-RP2',
    ],
    options: (command) =>
      command
        .option('-p, --port <port>', 'the board’s serial port (default: the only board plugged in)')
        .option('--volume <folder>', 'the bootloader’s drive, where it is not found by itself'),
    async action([folder], { port, volume }, io) {
      const { flashFolder } = await import('../flash_folder.js');
      const document = await flashFolder(folder!, { port, volume, onProgress: reporter(io) });
      return { document, text: `${document.port} runs ${document.model.name} ${document.model.hash}` };
    },
  });
}

/** Says each state once, and shows a bar while writing. */
function reporter(io: Io) {
  let said = '';
  const bar = io.progress('write');
  return ({ message, percent }: { message: string; percent?: number }) => {
    if (message !== said) io.note(message);
    said = message;
    if (percent !== undefined) bar(percent, 100);
  };
}
