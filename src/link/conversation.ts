/**
 * crimp's own commands (firmware-templates/PROTOCOL.md), one question and answer at a time. An answer counts only
 * when its CRC covers the very command sent, with its tag, and every line received; anything else is asked again.
 */
import { crc32, crcHex } from './crc32.js';
import {
  deviceFault,
  deviceGone,
  deviceRefused,
  deviceSilent,
  deviceStuck,
  Garbled,
  Gone,
  linkGarbled,
  Silence,
  wrongFirmware,
} from './failures.js';
import type { SerialLine } from './serial_line.js';

export interface Timeouts {
  /** Time, ms, that a command which only answers may take, transfers not counted. */
  readonly command: number;
  /** The same for commands that run the model. */
  readonly run: number;
  /** Time to wait for a sign of life when putting a conversation in order; longer than the second for which the board
   * itself waits for the rest of a transfer, since what is sent meanwhile counts as such. */
  readonly settle: number;
}

export const defaultTimeouts: Timeouts = { command: 3000, run: 60000, settle: 1500 };

export interface Question<T> {
  /** Without tag and `%`. */
  readonly command: string;
  /** Runs the model: takes longer. */
  readonly runs?: boolean;
  /** Raw bytes that the board asks for. */
  readonly upload?: Uint8Array;
  /** Whether so many raw bytes can be the answer; without it there are none. */
  readonly bulkBytes?: (count: number) => boolean;
  /** Reads the answer's lines; undefined: they are none. */
  readonly read: (lines: readonly string[], bulk: Uint8Array) => T | undefined;
}

const attempts = 4;
/** More lines than any answer has. */
const mostLines = 100;
const quietMs = 60;
const readyMs = 200;
/** A byte at 9600 baud, twice. */
const slowestByteMs = 2;
/** The last words of firmware that ran into a fault, before it restarts. */
const fault = /^e-\[fault pc=[0-9a-f]{8}\]$/;
/** Answers that ask for the same again: a transfer was damaged on its way to the board. */
const damagedUpload = new Set(['e-[crc]', 'e-[timeout]']);

export class Conversation {
  private tag = 0;
  /** Whether a sound answer has ever come. */
  private met = false;

  constructor(
    readonly port: string,
    private readonly line: SerialLine,
    private readonly timeouts: Timeouts,
  ) {}

  /** @throws Refusal; CrimpError when the board is gone, silent, stuck, or cannot be understood. */
  async ask<T>(question: Question<T>): Promise<T> {
    let damage = '';
    for (let attempt = 0; attempt < attempts; attempt++) {
      try {
        if (attempt > 0) await this.settle(question.command);
        return await this.once(question, question.runs ? this.timeouts.run : this.timeouts.command);
      } catch (cause) {
        if (cause instanceof Gone) throw deviceGone(this.port);
        if (cause instanceof Silence || cause instanceof Garbled) damage = cause.message;
        else throw cause;
      }
    }
    throw linkGarbled(this.port, question.command, attempts, damage);
  }

  /** Gets a board's attention, whatever it or the line was in the middle of. @throws CrimpError as `ask` does. */
  async settle(command: string): Promise<void> {
    try {
      for (let attempt = 0; attempt < attempts; attempt++) {
        // Ends a command of which the beginning got lost; by itself it is an empty one.
        await this.line.write(Buffer.from('%'), this.timeouts.command);
        await this.line.discardUntilQuiet(quietMs, this.timeouts.settle);
        try {
          await this.once({ command: 'crimp', read: (lines) => lines }, this.timeouts.settle);
          return;
        } catch (cause) {
          if (cause instanceof Gone) throw cause;
        }
      }
    } catch (cause) {
      if (cause instanceof Gone) throw deviceGone(this.port);
      if (!(cause instanceof Silence)) throw cause;
    }
    if (this.met) throw deviceStuck(this.port, command);
    const { heard } = this.line;
    throw heard === '' ? deviceSilent(this.port) : wrongFirmware(this.port, heard);
  }

  /** MLPerf's commands, whose answers have no CRC: the lines up to `m-ready`. */
  async plain(command: string, timeoutMs: number): Promise<string[]> {
    try {
      this.line.discard();
      await this.line.write(Buffer.from(`${command}%`, 'latin1'), this.timeouts.command);
      const lines: string[] = [];
      const end = performance.now() + timeoutMs;
      for (;;) {
        const text = await this.line.readLine(end - performance.now());
        if (fault.test(text)) throw deviceFault(this.port, command, text);
        // Each of these commands says something first: an early m-ready ends what came before.
        if (text === 'm-ready' && lines.length > 0) break;
        if (text !== 'm-ready') lines.push(text);
      }
      const refusal = lines.find((text) => text.startsWith('e-['));
      if (refusal !== undefined) throw deviceRefused(this.port, command, refusal);
      return lines;
    } catch (cause) {
      if (cause instanceof Gone) throw deviceGone(this.port);
      if (cause instanceof Silence) throw deviceStuck(this.port, command);
      if (cause instanceof Garbled) throw linkGarbled(this.port, command, 1, cause.message);
      throw cause;
    }
  }

  private async once<T>(question: Question<T>, timeoutMs: number): Promise<T> {
    const command = `${question.command} #${++this.tag}`;
    this.line.discard();
    await this.line.write(Buffer.from(`${command}%`, 'latin1'), this.timeouts.command);
    const { lines, bulk } = await this.answer(command, question, timeoutMs);
    this.met = true;
    const refusal = lines.find((text) => text.startsWith('e-['));
    if (refusal !== undefined) {
      if (damagedUpload.has(refusal)) throw new Garbled(refusal);
      throw new Refusal(refusal);
    }
    const result = question.read(lines, bulk);
    if (result === undefined) throw new Garbled(lines.join(' | '));
    return result;
  }

  private async answer(command: string, question: Question<unknown>, timeoutMs: number) {
    let lines: string[] = [];
    let bulk = new Uint8Array(0) as Uint8Array;
    let end = performance.now() + timeoutMs;
    for (let count = 0; count < mostLines; count++) {
      const text = await this.line.readLine(end - performance.now());
      if (fault.test(text)) throw deviceFault(this.port, question.command, text);
      const crc = /^m-crc-\[([0-9a-f]{8})\]$/.exec(text)?.[1];
      if (crc !== undefined) {
        const covered = [command, ...lines].map((part) => `${part}\n`).join('');
        if (crcHex(crc32(Buffer.from(covered, 'latin1'))) !== crc) throw new Garbled('a wrong CRC');
        await this.line.readLine(readyMs).catch(() => {}); // m-ready: says nothing new, and may get lost
        return { lines, bulk };
      }
      if (text === 'm-ready') {
        if (lines.some((part) => part.startsWith('e-['))) throw new Garbled(lines.join(' | '));
        lines = []; // the board has just started, or this ends an earlier answer
        continue;
      }
      lines.push(text);
      if (question.upload && text === `m-[Expecting ${question.upload.length} bytes]`) {
        await this.line.write(question.upload, this.timeouts.command);
        // Written is not arrived: a slow line, or a busy emulator, still has most of it before it.
        end = performance.now() + timeoutMs + question.upload.length * slowestByteMs;
      }
      const announced = /^m-bulk-\[(\d+),([0-9a-f]{8})\]$/.exec(text);
      if (announced) {
        if (!question.bulkBytes?.(Number(announced[1]))) throw new Garbled(text);
        const count = Number(announced[1]);
        bulk = await this.line.readBytes(count, this.timeouts.command + count * slowestByteMs);
        end = performance.now() + timeoutMs;
        if (crcHex(crc32(bulk)) !== announced[2]) throw new Garbled('data with a wrong CRC');
      }
    }
    throw new Garbled('no end of answers');
  }
}

/** The board understood and says no. */
export class Refusal extends Error {}
