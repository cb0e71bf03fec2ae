/** Flashing's world with one virtual board in it: nothing outside of it is looked at or kept. */
import { touch } from '../flash/touch.js';
import type { FlashWorld } from '../flash/world.js';
import { listPorts } from '../serial/ports.js';
import type { VirtualBoard } from './index.js';

export function virtualWorld(board: VirtualBoard): FlashWorld {
  return {
    driveChosen: false,
    ports: async () => (await listPorts(board.binding)).filter((port) => port.path !== board.uartPort),
    present: async (port) => (await listPorts(board.binding)).some((p) => p.path === port),
    touch: (port) => touch(port, board.binding),
    volumes: () => Promise.resolve(board.volume ? [board.volume] : []),
  };
}
