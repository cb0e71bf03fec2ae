/** A board running crimp firmware, over a serial port. */
import type { BindingInterface } from '@serialport/bindings-interface';
import type { Target } from '../../targets/target.js';
import { CrimpError, inputError } from '../diagnostics.js';
import { systemBinding } from '../serial/ports.js';
import { Conversation, defaultTimeouts, type Question, Refusal, type Timeouts } from './conversation.js';
import { crc32, crcHex } from './crc32.js';
import {
  deviceRefused,
  deviceRestarted,
  linkGarbled,
  wrongBoard,
  wrongFirmware,
  wrongModel,
} from './failures.js';
import { type Identity, protocolVersion, readIdentity } from './identity.js';
import { type InferResult, readInferResult } from './mlperf.js';
import { SerialLine } from './serial_line.js';

export interface OpenOptions {
  /** Refuses firmware that was built for another board. */
  readonly target?: Target;
  /** Refuses another model: the hash that `identify` must give. */
  readonly hash?: string;
  /** Where ports come from: the operating system, or a virtual board. */
  readonly binding?: BindingInterface;
  /** Matters to UARTs only. */
  readonly baudRate?: number;
  readonly timeouts?: Partial<Timeouts>;
}

const defaultBaudRate = 115200;

/**
 * Opens a port and makes sure that crimp firmware answers on it.
 * @throws CrimpError (exit code 3): port-absent, port-busy, port-denied, port-error, device-silent, wrong-firmware,
 * wrong-board, wrong-model, device-gone.
 */
export async function openDevice(port: string, options: OpenOptions = {}): Promise<Device> {
  const binding = options.binding ?? (await systemBinding());
  const line = await SerialLine.open(port, options.baudRate ?? defaultBaudRate, binding);
  try {
    const timeouts = { ...defaultTimeouts, ...options.timeouts };
    const conversation = new Conversation(port, line, timeouts);
    await conversation.settle('crimp');
    const identity = await conversation.ask({ command: 'crimp', read: readIdentity });
    if (identity.version !== protocolVersion) {
      throw wrongFirmware(port, `protocol ${identity.version}, where this crimp speaks ${protocolVersion}`);
    }
    if (options.target && identity.target !== options.target.name) {
      throw wrongBoard(port, options.target.name, identity.target);
    }
    if (options.hash && identity.hash !== options.hash) {
      throw wrongModel(port, options.hash, `${identity.name} ${identity.hash}`);
    }
    return new Device(identity, conversation, line, timeouts);
  } catch (cause) {
    await line.close();
    throw cause instanceof Refusal ? wrongFirmware(port, cause.message) : cause;
  }
}

/** Every method throws a CrimpError (exit code 3) when the board does not answer soundly; none hangs. */
export class Device {
  /** Whether the board holds an input that came from here. */
  private loaded = false;
  /** Inferences on that input, as the board counts them. */
  private runs = 0;

  constructor(
    readonly identity: Identity,
    private readonly conversation: Conversation,
    private readonly line: SerialLine,
    private readonly timeouts: Timeouts,
  ) {}

  get port(): string {
    return this.conversation.port;
  }

  /** Asks again who is there. */
  identify(): Promise<Identity> {
    return this.ask({ command: 'crimp', read: readIdentity });
  }

  /** Hands over all inputs of a sample, in order, raw little-endian. @throws CrimpError `wrong-input-size` (exit 2). */
  async load(bytes: Uint8Array): Promise<void> {
    if (bytes.length !== this.identity.inputBytes) throw wrongInputSize(this.identity, bytes.length);
    this.loaded = false;
    await this.ask({
      command: `load ${bytes.length} ${crcHex(crc32(bytes))}`,
      upload: bytes,
      read: (lines) => (lines.at(-1) === 'm-load-done' ? true : undefined),
    });
    this.loaded = true;
    this.runs = 0;
  }

  /** Forgets all earlier inferences: a model's state is what it starts from. */
  async reset(): Promise<void> {
    await this.ask({ command: 'reset', read: (lines) => (lines.includes('m-reset') ? true : undefined) });
  }

  /** One inference on the loaded input. @returns core cycles, counted by the board. */
  async run(): Promise<{ cycles: number }> {
    // Its number keeps a question that is asked again from running again, which would matter to state.
    const [cycles] = await this.ask({
      command: `run ${this.runs + 1}`,
      runs: true,
      read: numbers('cycles', 1),
    });
    this.runs++;
    return { cycles: cycles! };
  }

  /** All outputs of the last inference, in order, raw little-endian. */
  output(): Promise<Uint8Array> {
    const { outputBytes } = this.identity;
    return this.ask({ command: 'output', bulkBytes: (count) => count === outputBytes, read: bulkOnly });
  }

  /** One inference with every layer timed on its own. @returns core cycles of each. */
  layers(): Promise<number[]> {
    return this.ask({ command: 'layers', runs: true, read: numbers('layers', this.identity.layers) });
  }

  /** Runs the layers up to the one that writes a tensor. @returns its bytes. */
  tensor(index: number): Promise<Uint8Array> {
    const { arenaBytes } = this.identity;
    return this.ask({
      command: `tensor ${index}`,
      runs: true,
      bulkBytes: (count) => count <= arenaBytes,
      read: bulkOnly,
    });
  }

  /** Bytes of stack used at most so far, and how many there are. */
  async stack(): Promise<{ used: number; total: number }> {
    const [used, total] = await this.ask({ command: 'stack', read: numbers('stack', 2) });
    return { used: used!, total: total! };
  }

  /** Restarts the board into its bootloader; over USB, the port goes away, maybe before the answer has come. */
  async bootloader(): Promise<void> {
    try {
      await this.ask({ command: 'bootsel', read: (lines) => (lines[0] === 'm-bootsel' ? true : undefined) });
    } catch (cause) {
      if (!(cause instanceof CrimpError && cause.diagnostics[0]?.code === 'device-gone')) throw cause;
    }
  }

  /** MLPerf's `name`. */
  async name(): Promise<string> {
    return this.field('name', /^m-name-dut-\[([^\]]+)\]$/);
  }

  /** MLPerf's `profile`: the profile's and the model's name. */
  async profile(): Promise<{ profile: string; model: string }> {
    const lines = await this.conversation.plain('profile', this.timeouts.command);
    const profile = match(lines, /^m-profile-\[([^\]]+)\]$/);
    const model = match(lines, /^m-model-\[([^\]]+)\]$/);
    if (profile === undefined || model === undefined) throw this.garbled('profile', lines);
    return { profile, model };
  }

  /**
   * MLPerf's `infer`: `warmups`, then `count` inferences on the loaded input. Its answer is text without a checksum,
   * so it is for looking at, and for comparing with MLPerf's runner; `run` and `output` are what to measure with.
   */
  async infer(count: number, warmups: number): Promise<InferResult> {
    const command = `infer ${count} ${warmups}`;
    const lines = await this.conversation.plain(command, this.timeouts.run * (count + warmups));
    this.runs += count + warmups;
    const result = readInferResult(lines);
    if (result === undefined) throw this.garbled(command, lines);
    return result;
  }

  close(): Promise<void> {
    return this.line.close();
  }

  private async ask<T>(question: Question<T>): Promise<T> {
    try {
      return await this.conversation.ask(question);
    } catch (cause) {
      if (!(cause instanceof Refusal)) throw cause;
      const failure = this.loaded ? deviceRestarted : deviceRefused;
      throw failure(this.port, question.command, cause.message);
    }
  }

  private async field(command: string, pattern: RegExp): Promise<string> {
    const lines = await this.conversation.plain(command, this.timeouts.command);
    const value = match(lines, pattern);
    if (value === undefined) throw this.garbled(command, lines);
    return value;
  }

  private garbled(command: string, lines: readonly string[]): CrimpError {
    return linkGarbled(this.port, command, 1, lines.join(' | '));
  }
}

function match(lines: readonly string[], pattern: RegExp): string | undefined {
  return lines.map((text) => pattern.exec(text)?.[1]).find((value) => value !== undefined);
}

/** Reads `m-NAME-[N,N,…]` with so many numbers. */
function numbers(name: string, count: number): (lines: readonly string[]) => number[] | undefined {
  const pattern = new RegExp(`^m-${name}-\\[([\\d,]*)\\]$`);
  return (lines) => {
    const list = match(lines, pattern);
    const values = list === undefined || list === '' ? [] : list.split(',').map(Number);
    return list !== undefined && values.length === count ? values : undefined;
  };
}

const bulkOnly = (lines: readonly string[], bulk: Uint8Array) =>
  lines.some((text) => text.startsWith('m-bulk-[')) ? bulk : undefined;

function wrongInputSize(identity: Identity, bytes: number): CrimpError {
  return inputError(
    'wrong-input-size',
    `model ${identity.name} takes ${identity.inputBytes} bytes of input, not ${bytes}`,
    'Give all inputs of one sample, in order, in the model’s own types.',
  );
}
