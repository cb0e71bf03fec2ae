/** Lines of text and raw bytes from one serial stream; everything it waits for has an end. */
import type { BindingInterface } from '@serialport/bindings-interface';
import type { SerialPortStream } from '@serialport/stream';
import { closeStream, openStream } from '../serial/stream.js';
import { within } from '../serial/within.js';
import { Garbled, Gone, Silence } from './failures.js';

/** Longer than any line of the protocol; what exceeds it is noise. */
const longestLine = 16384;
/** Written at once: below what a tty buffers, so that a stuck device shows soon. */
const writeBytes = 1024;
const silence = () => new Silence('no answer in time');
const lineFeed = 0x0a;
const heardCharacters = 200;

export class SerialLine {
  /** The beginning of all that ever came, to tell the user who is there. */
  heard = '';
  private received: Buffer = Buffer.alloc(0);
  private wake: (() => void) | undefined;
  private failure: Error | undefined;

  private constructor(private readonly stream: SerialPortStream) {
    stream.on('data', (bytes: Buffer) => {
      if (this.heard.length < heardCharacters) this.heard += bytes.toString('latin1');
      this.received = this.received.length === 0 ? bytes : Buffer.concat([this.received, bytes]);
      this.wake?.();
    });
    stream.on('close', () => this.fail(new Gone('closed')));
    stream.on('error', (cause) => this.fail(new Gone(cause.message)));
  }

  /** @throws CrimpError port-absent, port-busy, port-denied or port-error. */
  static async open(port: string, baudRate: number, binding: BindingInterface): Promise<SerialLine> {
    const stream = await openStream(port, baudRate, binding);
    const line = new SerialLine(stream);
    // A USB CDC board talks only while DTR is on. Ports without modem lines refuse, which does no harm.
    await new Promise<void>((resolve) => stream.set({ dtr: true, rts: true }, () => resolve()));
    return line;
  }

  /** The next line without its CR LF, each byte as one character. @throws Silence, Garbled, Gone. */
  async readLine(timeoutMs: number): Promise<string> {
    const end = performance.now() + timeoutMs;
    for (let searched = 0; ; ) {
      const length = this.received.indexOf(lineFeed, searched);
      if (length >= 0) {
        const line = this.received.toString('latin1', 0, length).replace(/\r$/, '');
        this.received = this.received.subarray(length + 1);
        return line;
      }
      if (this.received.length > longestLine) throw new Garbled('a line without an end');
      searched = this.received.length;
      await this.more(end - performance.now());
    }
  }

  /** @throws Silence, Gone. */
  async readBytes(count: number, timeoutMs: number): Promise<Uint8Array> {
    const end = performance.now() + timeoutMs;
    while (this.received.length < count) await this.more(end - performance.now());
    const bytes = Uint8Array.from(this.received.subarray(0, count));
    this.received = this.received.subarray(count);
    return bytes;
  }

  /** @throws Silence when the port does not take the bytes, Gone. */
  async write(bytes: Uint8Array, silenceMs: number): Promise<void> {
    for (let at = 0; at < bytes.length; at += writeBytes) {
      this.check();
      const part = Buffer.from(bytes.subarray(at, at + writeBytes));
      await within(
        silenceMs,
        (done) => this.stream.write(part, (cause) => done(cause ? new Gone(cause.message) : undefined)),
        silence,
      );
    }
  }

  /** Throws away what has arrived. */
  discard(): void {
    this.received = Buffer.alloc(0);
  }

  /** Throws away what arrives until nothing does for `quietMs`, or `limitMs` are over. @throws Gone. */
  async discardUntilQuiet(quietMs: number, limitMs: number): Promise<void> {
    const end = performance.now() + limitMs;
    try {
      while (performance.now() < end) {
        this.discard();
        await this.more(quietMs);
      }
    } catch (cause) {
      if (!(cause instanceof Silence)) throw cause;
    }
    this.discard();
  }

  async close(): Promise<void> {
    this.fail(new Gone('closed'));
    await closeStream(this.stream);
  }

  private more(silenceMs: number): Promise<void> {
    this.check();
    const start = (done: (failure?: Error) => void) => {
      this.wake = () => done(this.failure);
    };
    return within(silenceMs, start, silence);
  }

  private check(): void {
    if (this.failure) throw this.failure;
  }

  private fail(cause: Error): void {
    this.failure ??= cause;
    this.wake?.();
  }
}
