/** The far end of the virtual board's UART: bytes go in at the line's rate and never into a full FIFO. */
import type { RP2040 } from 'rp2040js';
import { ByteQueue, type LineDevice, type VirtualLine } from '../line.js';
import type { VirtualClock } from './clock.js';

/** UARTFR.RXFF (datasheet 4.2.8). */
const receiveFifoFull = 1 << 6;
const bitsPerByte = 10;

export class UartHost implements LineDevice {
  private readonly out = new ByteQueue();
  private readonly nextByte: { schedule(nanos: number): void; cancel(): void };
  private sending = false;

  constructor(
    private readonly uart: RP2040['uart'][number],
    clock: VirtualClock,
    private readonly line: VirtualLine,
  ) {
    this.nextByte = clock.createAlarm(() => this.sendByte());
    uart.onByte = (byte) => line.receive(Uint8Array.of(byte));
    line.device = this;
    line.appear();
  }

  send(bytes: Uint8Array): void {
    this.out.push(bytes);
    this.scheduleNext();
  }

  get pending(): number {
    return this.out.length;
  }

  configure(settings: object | undefined): void {
    if (settings === undefined) this.out.clear();
  }

  private scheduleNext(): void {
    if (this.sending || this.out.length === 0) return;
    this.sending = true;
    this.nextByte.schedule((bitsPerByte * 1e9) / (this.line.opened?.baudRate ?? 115200));
  }

  private sendByte(): void {
    this.sending = false;
    if (this.uart.enabled && this.uart.rxEnabled && (this.uart.flags & receiveFifoFull) === 0) {
      const [byte] = this.out.take(1);
      if (byte !== undefined) this.uart.feedByte(byte);
    }
    this.scheduleNext();
  }
}
