/** A virtual board's serial port as a pseudo-terminal, so that any other program can open it. */
import { touchBaudRate } from '../flash/touch.js';
import { closeStream, openStream } from '../serial/stream.js';
import type { VirtualBoard } from './index.js';
import { type ServedDrive, serveDrive } from './pty_drive.js';
import { openTerminal, type Terminal } from './pty_terminal.js';

export interface ServedPty {
  /** The terminal to open: /dev/pts/3. */
  readonly path: string;
  /**
   * The folder that stands for the bootloader's drive: empty until a 1200-baud touch, then takes a UF2 file. Absent where the board has
   * no bootloader.
   */
  readonly drive?: string;
  /** Ends the terminal and removes the folder; the board itself is its owner's to close. */
  close(): Promise<void>;
}

export interface PtyOptions {
  /** Told what happens: touches, flashing, refused files. */
  readonly onEvent?: (message: string) => void;
}

const baudRate = 115200;
const pollMs = 20;

/** @throws CrimpError `no-pty` where no pseudo-terminal can be had. */
export async function servePty(board: VirtualBoard, options: PtyOptions = {}): Promise<ServedPty> {
  const onEvent = options.onEvent ?? (() => {});
  const terminal = await openTerminal();
  const drive = board.target.firmware?.flasher && serveDrive(board, onEvent);
  const bridge = new Bridge(board, terminal, drive, onEvent);
  return {
    path: terminal.path,
    drive: drive?.folder,
    close: async () => {
      await bridge.close();
      drive?.close();
      await terminal.close();
    },
  };
}

/** Keeps the board's port open whenever it is there, and carries bytes and touches. */
class Bridge {
  private stream: Awaited<ReturnType<typeof openStream>> | undefined;
  private timer: NodeJS.Timeout | undefined;
  private closed = false;

  constructor(
    private readonly board: VirtualBoard,
    private readonly terminal: Terminal,
    private readonly drive: ServedDrive | undefined,
    private readonly onEvent: (message: string) => void,
  ) {
    terminal.onData = (bytes) => this.stream?.write(bytes);
    terminal.onBaudRate = (rate) => this.touch(rate);
    void this.poll();
  }

  async close(): Promise<void> {
    this.closed = true;
    clearTimeout(this.timer);
    if (this.stream) await closeStream(this.stream);
  }

  private touch(rate: number): void {
    if (rate !== touchBaudRate || this.stream === undefined || this.drive === undefined) return;
    this.onEvent('1200-baud touch: the board restarts into its bootloader');
    this.stream.update({ baudRate: touchBaudRate }, () => {});
  }

  private async poll(): Promise<void> {
    await this.drive?.look();
    if (this.stream === undefined) await this.connect();
    if (!this.closed) this.timer = setTimeout(() => void this.poll(), pollMs);
  }

  private async connect(): Promise<void> {
    const ports = await this.board.binding.list();
    if (this.closed || !ports.some((port) => port.path === this.board.port)) return;
    const stream = await openStream(this.board.port, baudRate, this.board.binding);
    stream.on('data', (bytes: Buffer) => this.terminal.write(bytes));
    stream.on('error', () => {}); // followed by close
    stream.on('close', () => {
      this.stream = undefined;
    });
    this.stream = stream;
  }
}
