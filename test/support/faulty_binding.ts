/** A binding that damages what passes through it: bytes flipped, dropped, added, delayed, and the port gone. */
import type {
  BindingInterface,
  BindingPortInterface,
  OpenOptions,
  SetOptions,
  UpdateOptions,
} from '@serialport/bindings-interface';

export interface Fault {
  readonly kind: 'flip' | 'drop' | 'insert' | 'delay' | 'vanish';
  readonly direction: 'to-board' | 'from-board';
  /** Counted over the whole conversation in that direction. */
  readonly atByte: number;
  /** For flip: which bit. For insert: which byte. */
  readonly value: number;
}

const delayMs = 25;

/** Each fault strikes once. */
export function faultyBinding(inner: BindingInterface, faults: readonly Fault[]): BindingInterface {
  return {
    list: () => inner.list(),
    open: async (options: OpenOptions) => new FaultyPort(await inner.open(options), faults),
  };
}

class FaultyPort implements BindingPortInterface {
  private readonly passed = { 'to-board': 0, 'from-board': 0 };
  private vanished = false;

  constructor(
    private readonly inner: BindingPortInterface,
    private readonly faults: readonly Fault[],
  ) {}

  get isOpen(): boolean {
    return this.inner.isOpen;
  }

  get openOptions() {
    return this.inner.openOptions;
  }

  async read(buffer: Buffer, offset: number, length: number): Promise<{ buffer: Buffer; bytesRead: number }> {
    const own = Buffer.alloc(Math.max(1, length >> 1));
    for (;;) {
      this.check();
      const { bytesRead } = await this.inner.read(own, 0, own.length);
      const bytes = await this.damage('from-board', own.subarray(0, bytesRead));
      if (bytes.length === 0) continue;
      buffer.set(bytes.subarray(0, length), offset);
      return { buffer, bytesRead: Math.min(length, bytes.length) };
    }
  }

  async write(buffer: Buffer): Promise<void> {
    this.check();
    await this.inner.write(Buffer.from(await this.damage('to-board', buffer)));
  }

  private async damage(direction: Fault['direction'], bytes: Uint8Array): Promise<Uint8Array> {
    const start = this.passed[direction];
    this.passed[direction] += bytes.length;
    const damaged: number[] = [];
    for (const [i, byte] of bytes.entries()) {
      const fault = this.faults.find((f) => f.direction === direction && f.atByte === start + i);
      if (fault?.kind === 'vanish') {
        this.vanished = true;
        this.check();
      }
      if (fault?.kind === 'delay') await new Promise((resolve) => setTimeout(resolve, delayMs));
      if (fault?.kind === 'insert') damaged.push(fault.value & 0xff);
      if (fault?.kind === 'drop') continue;
      damaged.push(fault?.kind === 'flip' ? byte ^ (1 << (fault.value & 7)) : byte);
    }
    return Uint8Array.from(damaged);
  }

  private check(): void {
    if (this.vanished) throw new Error('Error: Input/output error, the device is gone');
  }

  close(): Promise<void> {
    return this.inner.close();
  }

  update(options: UpdateOptions): Promise<void> {
    return this.inner.update(options);
  }

  set(options: SetOptions): Promise<void> {
    return this.inner.set(options);
  }

  get() {
    return this.inner.get();
  }

  getBaudRate() {
    return this.inner.getBaudRate();
  }

  flush(): Promise<void> {
    return this.inner.flush();
  }

  drain(): Promise<void> {
    return this.inner.drain();
  }
}
