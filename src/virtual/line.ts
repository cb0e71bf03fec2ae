/** A serial line of a virtual board, seen from the host: what the binding opens and the machine serves. */
export class VirtualLine {
  /** Whether the host sees the port now: a USB port only once it is enumerated. */
  present = false;
  /** Settings of the host's open port; undefined while it is closed. */
  opened: LineSettings | undefined;
  /** What the machine does with bytes and settings; set by whoever serves the line. */
  device: LineDevice | undefined;
  onData: ((bytes: Uint8Array) => void) | undefined;
  onGone: (() => void) | undefined;
  /** Called before the host does anything to the line, so that a sleeping machine's time catches up. */
  onTouch: (() => void) | undefined;

  constructor(
    readonly path: string,
    public info: LineInfo = {},
  ) {}

  appear(info: LineInfo = {}): void {
    this.info = info;
    this.present = true;
  }

  vanish(): void {
    this.device = undefined;
    if (!this.present) return;
    this.present = false;
    this.opened = undefined;
    this.onGone?.();
  }

  /** Bytes from the board. Without an open port they are lost, as on a real one. */
  receive(bytes: Uint8Array): void {
    if (this.opened) this.onData?.(bytes);
  }

  send(bytes: Uint8Array): void {
    this.onTouch?.();
    this.device?.send(bytes);
  }

  /** Bytes sent that the board has not taken yet. */
  get pending(): number {
    return this.device?.pending ?? 0;
  }

  configure(settings: LineSettings | undefined): void {
    this.onTouch?.();
    this.opened = settings;
    this.device?.configure(settings);
  }
}

export interface LineSettings {
  readonly baudRate: number;
  readonly dtr: boolean;
  readonly rts: boolean;
}

/** What the USB descriptors say; nothing for a UART. */
export interface LineInfo {
  readonly manufacturer?: string;
  readonly serialNumber?: string;
  /** Four hex digits each. */
  readonly vendorId?: string;
  readonly productId?: string;
}

export interface LineDevice {
  send(bytes: Uint8Array): void;
  readonly pending: number;
  /** The host opened the port, changed its settings, or closed it (undefined). */
  configure(settings: LineSettings | undefined): void;
}

/** Bytes on their way to a board that takes them in pieces. */
export class ByteQueue {
  private parts: Uint8Array[] = [];
  length = 0;

  push(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    this.parts.push(bytes);
    this.length += bytes.length;
  }

  /** Takes up to `limit` bytes. */
  take(limit: number): Uint8Array {
    const first = this.parts[0];
    if (first === undefined) return new Uint8Array(0);
    const taken = first.subarray(0, limit);
    if (taken.length === first.length) this.parts.shift();
    else this.parts[0] = first.subarray(taken.length);
    this.length -= taken.length;
    return taken;
  }

  clear(): void {
    this.parts = [];
    this.length = 0;
  }
}
