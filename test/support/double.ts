/**
 * A board that speaks the protocol but is ten lines of TypeScript inside: for faults on the line, other firmware and
 * boards that hang. Its "model" adds the layer's number plus one to every byte.
 */
import type { BindingInterface } from '@serialport/bindings-interface';
import { crc32, crcHex } from '../../src/link/crc32.js';
import { virtualBinding } from '../../src/virtual/binding.js';
import { VirtualLine } from '../../src/virtual/line.js';

export interface DoubleOptions {
  /** Overrides single answers: lines without CR LF; null stays silent for ever. */
  readonly answers?: Readonly<Record<string, readonly string[] | null>>;
  /** Sends this again and again, every few milliseconds. */
  readonly babble?: string;
  readonly inputBytes?: number;
}

/** ms without a byte after which a transfer is given up; a second on real boards. */
const transferSilenceMs = 40;
export const doubleLayers = 3;
export const doublePort = 'double';

export function expectedTensor(input: Uint8Array, layer: number): Uint8Array {
  let bytes = input;
  for (let i = 0; i <= layer; i++) bytes = bytes.map((byte) => byte + i + 1);
  return bytes;
}

export class Double {
  readonly line = new VirtualLine(doublePort);
  readonly binding: BindingInterface = virtualBinding([this.line]);
  private readonly inputBytes: number;
  private text = '';
  private input: Uint8Array | undefined;
  private hasRun = false;
  private upload: { bytes: number[]; crc: string; command: string; lines: string[] } | undefined;
  private silence: NodeJS.Timeout | undefined;
  private readonly babbling: NodeJS.Timeout | undefined;

  constructor(private readonly options: DoubleOptions = {}) {
    this.inputBytes = options.inputBytes ?? 200;
    this.line.appear();
    this.line.device = { send: (bytes) => this.take(bytes), pending: 0, configure: () => {} };
    const { babble } = options;
    if (babble) this.babbling = setInterval(() => this.say(Buffer.from(babble, 'latin1')), 5);
  }

  unplug(): void {
    clearInterval(this.babbling);
    clearTimeout(this.silence);
    this.line.vanish();
  }

  private say(bytes: Uint8Array): void {
    setImmediate(() => this.line.receive(bytes));
  }

  private take(bytes: Uint8Array): void {
    for (const byte of bytes) {
      if (this.upload) this.takeRaw(byte);
      else if (byte === 0x25) {
        const command = this.text.trim();
        this.text = '';
        if (command !== '') this.answer(command);
      } else this.text += String.fromCharCode(byte);
    }
  }

  private answer(command: string): void {
    const [name = '', ...words] = command.split(/ +/);
    const fixed = this.options.answers?.[name];
    if (fixed === null) return;
    if (fixed) this.finish(command, fixed);
    else this.perform(command, name, words);
  }

  private perform(command: string, name: string, words: readonly string[]): void {
    const n = this.inputBytes;
    if (name === 'crimp') {
      this.finish(command, [
        `m-crimp-[1,double,00000000000000d0,none,${n},${n},${doubleLayers},3,1000,${4 * n}]`,
      ]);
    } else if (name === 'load' && Number(words[0]) !== n) this.finish(command, ['e-[size]']);
    else if (name === 'load') {
      this.input = undefined;
      this.hasRun = false;
      this.upload = { bytes: [], crc: words[1] ?? '', command, lines: [`m-[Expecting ${n} bytes]`] };
      this.say(Buffer.from(`${this.upload.lines[0]}\r\n`));
      this.waitForMore();
    } else if (name === 'run') {
      this.hasRun = this.input !== undefined;
      this.finish(command, this.input ? ['m-cycles-[123456]'] : ['e-[no input]']);
    } else if (name === 'layers') {
      this.hasRun = this.input !== undefined;
      this.finish(command, this.input ? ['m-layers-[100,200,300]'] : ['e-[no input]']);
    } else if (name === 'output') {
      if (!this.input || !this.hasRun) this.finish(command, ['e-[no result]']);
      else this.finish(command, [], expectedTensor(this.input, doubleLayers - 1));
    } else if (name === 'tensor') {
      this.hasRun = false;
      if (!this.input || !(Number(words[0]) < doubleLayers)) this.finish(command, ['e-[no tensor]']);
      else this.finish(command, [], expectedTensor(this.input, Number(words[0])));
    } else if (name === 'reset') this.finish(command, ['m-reset']);
    else if (name === 'stack') this.finish(command, ['m-stack-[120,4096]']);
    else if (name === 'name') this.say(Buffer.from('m-name-dut-[double]\r\nm-ready\r\n'));
    else this.say(Buffer.from(`e-[Unknown command: ${name}]\r\nm-ready\r\n`, 'latin1'));
  }

  private finish(command: string, lines: readonly string[], bulk?: Uint8Array): void {
    const all = bulk ? [...lines, `m-bulk-[${bulk.length},${crcHex(crc32(bulk))}]`] : lines;
    const covered = [command, ...all].map((line) => `${line}\n`).join('');
    const crc = crcHex(crc32(Buffer.from(covered, 'latin1')));
    const open = all.map((line) => `${line}\r\n`).join('');
    const close = `m-crc-[${crc}]\r\nm-ready\r\n`;
    this.say(Buffer.concat([Buffer.from(open, 'latin1'), bulk ?? new Uint8Array(0), Buffer.from(close)]));
  }

  private takeRaw(byte: number): void {
    const { upload } = this;
    if (!upload) return;
    upload.bytes.push(byte);
    this.waitForMore();
    if (upload.bytes.length < this.inputBytes) return;
    const bytes = Uint8Array.from(upload.bytes);
    if (crcHex(crc32(bytes)) === upload.crc) this.input = bytes;
    this.endUpload(this.input ? 'm-load-done' : 'e-[crc]');
  }

  private waitForMore(): void {
    clearTimeout(this.silence);
    this.silence = setTimeout(() => this.endUpload('e-[timeout]'), transferSilenceMs);
  }

  private endUpload(line: string): void {
    clearTimeout(this.silence);
    const { upload } = this;
    this.upload = undefined;
    if (!upload) return;
    // The first line has gone out already, but the CRC covers it.
    const covered = [upload.command, ...upload.lines, line].map((part) => `${part}\n`).join('');
    const crc = crcHex(crc32(Buffer.from(covered, 'latin1')));
    this.say(Buffer.from(`${line}\r\nm-crc-[${crc}]\r\nm-ready\r\n`));
  }
}
