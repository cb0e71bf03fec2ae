/**
 * Virtual boards behind serialport's own binding interface, so that everything above it is what runs on real ports,
 * with the errors that real ports give.
 */
import type {
  BindingInterface,
  BindingPortInterface,
  OpenOptions,
  PortInfo,
  PortStatus,
  SetOptions,
  UpdateOptions,
} from '@serialport/bindings-interface';
import { ByteQueue, type VirtualLine } from './line.js';

/** What an operating system's tty takes before `write` waits for the device. */
const ttyBufferBytes = 4096;
/** How often a waiting write or drain looks again, ms. */
const pollMs = 1;

/** A binding whose ports are these lines. */
export function virtualBinding(lines: readonly VirtualLine[]): BindingInterface {
  return {
    list: () => Promise.resolve(lines.filter((line) => line.present).map(portInfo)),
    open: async (options: OpenOptions) => {
      const line = lines.find((l) => l.path === options.path);
      if (!line?.present) throw new Error(`Error: No such file or directory, cannot open ${options.path}`);
      if (line.opened) throw new Error(`Error Resource temporarily unavailable Cannot lock port`);
      return new VirtualPort(line, options);
    },
  };
}

function portInfo(line: VirtualLine): PortInfo {
  const { manufacturer, serialNumber, vendorId, productId } = line.info;
  return {
    path: line.path,
    manufacturer,
    serialNumber,
    pnpId: undefined,
    locationId: undefined,
    vendorId,
    productId,
  };
}

class VirtualPort implements BindingPortInterface {
  isOpen = true;
  readonly openOptions: Required<OpenOptions>;
  private readonly received = new ByteQueue();
  private wakeReader: (() => void) | undefined;
  private gone = false;

  constructor(
    private readonly line: VirtualLine,
    options: OpenOptions,
  ) {
    const defaults = { dataBits: 8, lock: true, stopBits: 1, parity: 'none', rtscts: false } as const;
    this.openOptions = { ...defaults, xon: false, xoff: false, xany: false, hupcl: true, ...options };
    line.onData = (bytes) => {
      this.received.push(bytes);
      this.wakeReader?.();
    };
    line.onGone = () => {
      this.gone = true;
      this.wakeReader?.();
    };
    line.configure({ baudRate: options.baudRate, dtr: true, rts: true });
  }

  async close(): Promise<void> {
    this.checkOpen();
    this.isOpen = false;
    if (!this.gone) {
      this.line.configure(undefined);
      this.line.onData = undefined;
      this.line.onGone = undefined;
    }
    this.wakeReader?.();
  }

  async read(buffer: Buffer, offset: number, length: number): Promise<{ buffer: Buffer; bytesRead: number }> {
    this.checkOpen();
    while (this.received.length === 0) {
      this.checkAlive();
      await new Promise<void>((resolve) => {
        this.wakeReader = resolve;
      });
      this.wakeReader = undefined;
    }
    let bytesRead = 0;
    while (bytesRead < length && this.received.length > 0) {
      const bytes = this.received.take(length - bytesRead);
      buffer.set(bytes, offset + bytesRead);
      bytesRead += bytes.length;
    }
    return { buffer, bytesRead };
  }

  async write(buffer: Buffer): Promise<void> {
    this.checkOpen();
    this.checkAlive();
    this.line.send(Uint8Array.from(buffer));
    await this.waitForPending(ttyBufferBytes);
  }

  async drain(): Promise<void> {
    this.checkOpen();
    await this.waitForPending(0);
  }

  async flush(): Promise<void> {
    this.checkOpen();
    this.received.clear();
  }

  async update(options: UpdateOptions): Promise<void> {
    this.checkOpen();
    this.checkAlive();
    this.line.configure({ ...this.line.opened!, baudRate: options.baudRate });
  }

  async set(options: SetOptions): Promise<void> {
    this.checkOpen();
    this.checkAlive();
    const { dtr = true, rts = true } = options;
    this.line.configure({ ...this.line.opened!, dtr, rts });
  }

  async get(): Promise<PortStatus> {
    this.checkOpen();
    return { cts: false, dsr: true, dcd: true };
  }

  async getBaudRate(): Promise<{ baudRate: number }> {
    this.checkOpen();
    this.checkAlive();
    return { baudRate: this.line.opened!.baudRate };
  }

  private async waitForPending(limit: number): Promise<void> {
    while (this.line.pending > limit) {
      this.checkAlive();
      await new Promise((resolve) => setTimeout(resolve, pollMs));
    }
  }

  private checkOpen(): void {
    if (!this.isOpen) throw new Error('Port is not open');
  }

  /** A closed port cancels what waits on it; a vanished one fails as an unplugged device does. */
  private checkAlive(): void {
    if (!this.isOpen) throw Object.assign(new Error('Canceled'), { canceled: true });
    if (this.gone) throw new Error('Error: Input/output error, the device is gone');
  }
}
