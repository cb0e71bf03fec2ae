/** The firmware on an emulated chip: MLPerf's and crimp's commands, errors, faults and the watchdog, on both ports. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { buildFirmware } from '../../src/firmware/build.js';
import { crc32, crcHex } from '../../src/link/crc32.js';
import { pico } from '../../targets/pico.js';
import { withoutArm } from './arm.js';
import { BareBoard } from './bare_board.js';
import { constantModel } from './constant_model.js';

const encode = (text: string) => Buffer.from(text, 'latin1');

describe('pico firmware', { skip: withoutArm }, () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'crimp-test-'));
  let image: Uint8Array;
  before(async () => {
    await buildFirmware({ sources: constantModel }, pico, { directory: folder });
    image = readFileSync(path.join(folder, 'firmware.bin'));
  });
  after(() => rmSync(folder, { recursive: true }));

  const boot = () => {
    const board = new BareBoard(image);
    assert.ok(
      board.run(50, () => board.usbConnected),
      'USB enumerates',
    );
    assert.ok(
      board.run(50, () => board.uart.endsWith('m-ready\r\n')),
      'UART greets',
    );
    return board;
  };

  const load = (board: BareBoard, port: 'uart' | 'usb', bytes: Uint8Array) => {
    board[port] = '';
    const send = (data: string | Uint8Array) =>
      port === 'uart' ? board.sendUart(data) : board.sendUsb(data);
    send(`load ${bytes.length} ${crcHex(crc32(bytes))}%`);
    assert.ok(
      board.run(100, () => board[port].endsWith('m-[Expecting 4 bytes]\r\n')),
      board[port],
    );
    send(bytes);
    assert.ok(
      board.run(100, () => board[port].endsWith('m-ready\r\n')),
      board[port],
    );
    return board[port].split('\r\n')[1];
  };

  it('greets as the reference firmware does', () => {
    const lines = boot().uart.split('\r\n');
    assert.equal(lines[0], 'm-timestamp-mode-performance');
    assert.match(lines[1]!, /^m-lap-us-\d+$/);
    assert.deepEqual(lines.slice(2), ['m-init-done', 'm-ready', '']);
  });

  for (const port of ['uart', 'usb'] as const) {
    it(`holds MLPerf's conversation over ${port}`, () => {
      const board = boot();
      const ask = (command: string) => board.ask(port, command);
      assert.deepEqual(ask('name'), ['m-name-dut-[crimp]']);
      assert.deepEqual(ask(' profile \r\n'), [
        'm-profile-[ULPMark for tinyML Firmware V0.0.1]',
        'm-model-[constant]',
      ]);
      assert.match(ask('timestamp')[0]!, /^m-lap-us-\d+$/);
      assert.ok(ask('help').length > 3);
      assert.deepEqual(ask('infer 1'), ['e-[Input has 0 bytes of 4]']);
      assert.deepEqual(ask('db 00'), ["e-[Command 'db load' must come first]"]);
      assert.deepEqual(ask('db load 4'), ['m-[Expecting 4 bytes]']);
      assert.deepEqual(ask('db 01fF'), []);
      assert.deepEqual(ask('db 1'), ['e-[Insufficent number of hex digits]']);
      assert.deepEqual(ask('db 1g'), ['e-[Invalid hex digit]']);
      assert.deepEqual(ask('db 02030405'), ['m-load-done']);
      assert.deepEqual(ask('db print'), ['m-buffer-01-ff-02-03']);
      assert.deepEqual(ask('results'), ['e-[No inference on this input yet]']);
      const answer = ask('infer 3 2');
      assert.deepEqual(
        answer.filter((line) => !line.startsWith('m-lap-us-')),
        [
          'm-warmup-start-2',
          'm-warmup-done',
          'm-infer-start-3',
          'm-infer-done',
          'm-results-[0.000,0.500,0.996]',
        ],
      );
      assert.ok(answer[3]!.startsWith('m-lap-us-') && answer[4]!.startsWith('m-lap-us-'));
      assert.deepEqual(ask('results'), ['m-results-[0.000,0.500,0.996]']);
    });

    it(`answers crimp's commands over ${port}`, () => {
      const board = boot();
      const ask = (command: string) => board.ask(port, command);
      const identity = 'm-crimp-[1,constant,0123456789abcdef,pico,4,3,2,3,125000000,16,cycles]';
      assert.deepEqual(ask('crimp #7'), [
        identity,
        `m-crc-[${crcHex(crc32(encode(`crimp #7\n${identity}\n`)))}]`,
      ]);
      assert.match(ask('run')[0]!, /^e-\[Input/);
      assert.equal(load(board, port, Uint8Array.of(1, 2, 3, 4)), 'm-load-done');
      const cycles = ask('run')[0]!;
      assert.match(cycles, /^m-cycles-\[\d+\]$/);
      assert.equal(ask('run #2')[0], cycles, 'the same input takes the same cycles');
      const answer = Uint8Array.of(0x80, 0, 0x7f);
      assert.ok(
        ask('output')
          .join('\r\n')
          .startsWith(`m-bulk-[3,${crcHex(crc32(answer))}]\r\n\x80\0\x7fm-crc-[`),
      );
      const tensor = Uint8Array.of(2, 3, 4, 5);
      assert.equal(ask('tensor 1')[0], `m-bulk-[4,${crcHex(crc32(tensor))}]`);
      assert.match(ask('output')[0]!, /^e-\[No inference/);
      assert.deepEqual(ask('tensor 0')[0], 'e-[No such tensor]');
      assert.deepEqual(ask('tensor 3')[0], 'e-[No such tensor]');
      assert.match(ask('layers')[0]!, /^m-layers-\[\d+,\d+\]$/);
      const [, used, total] = /^m-stack-\[(\d+),(\d+)\]$/.exec(ask('stack')[0]!)!;
      assert.equal(Number(total), pico.firmware!.stackBytes);
      assert.ok(Number(used) > 64 && Number(used) < 1024);
    });

    it(`comes back from nonsense over ${port}`, () => {
      const board = boot();
      const ask = (command: string) => board.ask(port, command);
      assert.deepEqual(ask('nam'), ['e-[Unknown command: nam]']);
      assert.deepEqual(ask('\x01\x7f]x y'), ['e-[Unknown command: ???x]']);
      assert.deepEqual(ask('x'.repeat(700)), ['e-[Command too long]']);
      assert.deepEqual(ask('infer 0'), ['e-[Inference iterations must be >0]']);
      assert.deepEqual(ask('infer 99999999999'), ['e-[Inference iterations must be >0]']);
      assert.deepEqual(ask('infer 1 -1'), ['e-[Inference warmup must be >=0]']);
      assert.deepEqual(ask('db'), ["e-[Command 'db' requires a subcommand]"]);
      assert.deepEqual(ask('db load'), ["e-[Command 'db load' requires the # of bytes]"]);
      assert.deepEqual(ask('db load 0'), ["e-[Command 'db load' must be >0 bytes]"]);
      assert.deepEqual(ask('db load 5'), ['e-[Buffer holds no more bytes than 4]']);
      assert.equal(ask('load 5 00000000')[0], "e-[Command 'load' takes 4 bytes]");
      assert.equal(ask('load 4 0000')[0], "e-[Command 'load' requires a CRC of 8 hex digits]");
      assert.equal(ask('load 4 00000000').at(-2), 'e-[timeout]');
      assert.deepEqual(ask('name'), ['m-name-dut-[crimp]']);
    });
  }

  it('refuses a damaged upload', () => {
    const board = boot();
    board.usb = '';
    board.sendUsb('load 4 00000000%abcd');
    assert.ok(board.run(100, () => board.usb.endsWith('m-ready\r\n')));
    assert.match(board.usb, /e-\[crc\]/);
    assert.match(board.ask('usb', 'run')[0]!, /^e-\[Input has 0 bytes of 4\]$/);
  });

  it('ignores empty commands, and keeps half a command of one port from the other', () => {
    const board = boot();
    board.uart = '';
    board.sendUart('% %\r\n%na');
    board.run(20);
    assert.equal(board.uart, '');
    assert.deepEqual(board.ask('usb', 'name'), ['m-name-dut-[crimp]']);
    assert.deepEqual(board.ask('uart', 'me'), ['m-name-dut-[crimp]']);
  });

  it('takes more over USB than it can hold, and loses nothing', () => {
    const board = boot();
    board.usb = '';
    board.sendUsb('name%'.repeat(400));
    assert.ok(
      board.run(500, () => board.usb.split('m-ready').length > 400),
      `${board.usb.length} characters`,
    );
    assert.equal(board.usb, 'm-name-dut-[crimp]\r\nm-ready\r\n'.repeat(400));
  });

  it('counts cycles beyond the 24 bits of SysTick', () => {
    const board = boot();
    const lap = () => Number(board.ask('uart', 'timestamp')[0]!.slice('m-lap-us-'.length));
    const start = lap();
    board.run(70_000);
    assert.ok(lap() - start > 70_000_000);
    assert.equal(load(board, 'usb', Uint8Array.of(1, 2, 3, 4)), 'm-load-done');
    const [, cycles] = /^m-cycles-\[(\d+)\]$/.exec(board.ask('usb', 'run')[0]!)!;
    assert.ok(Number(cycles) < 1000, cycles);
    assert.deepEqual(board.resets, [], 'sleeping keeps the watchdog fed');
  });

  it('says where it died, and resets', () => {
    const board = boot();
    load(board, 'usb', Uint8Array.of(0xfa, 0, 0, 0));
    board.uart = '';
    board.usb = '';
    board.sendUsb('run%');
    assert.ok(board.run(3000, () => board.resets.length > 0));
    assert.match(board.usb, /e-\[fault pc=1000[0-9a-f]{4}\]/);
    assert.match(board.uart, /e-\[fault pc=1000[0-9a-f]{4}\]/);
  });

  it('resets when a layer hangs for over a minute', () => {
    const board = boot();
    load(board, 'usb', Uint8Array.of(0xfb, 0, 0, 0));
    const start = board.clock.nanos / 1e6;
    board.sendUsb('run%');
    assert.ok(board.run(90_000, () => board.resets.length > 0));
    const waited = board.resets[0]! - start;
    assert.ok(waited > 60_000 && waited < 75_000, `${waited} ms`);
  });

  it('describes itself on USB', () => {
    const board = boot();
    const get = (value: number, length: number) => {
      const replies = board.control({ type: 0x80, request: 6, value, length });
      return Buffer.concat(replies);
    };
    const device = get(0x0100, 18);
    assert.equal(device.readUInt16LE(8), pico.firmware!.usb!.vendorId);
    assert.equal(device.readUInt16LE(10), pico.firmware!.usb!.productId);
    assert.equal(get(0x0302, 255).subarray(2).toString('utf16le'), 'crimp pico');
    // This emulator's flash has no id: the model's hash stands in.
    assert.equal(get(0x0303, 255).subarray(2).toString('utf16le'), constantModel.hash);
    assert.equal(get(0x0304, 255).length, 0, 'no such string');
    const configuration = get(0x0200, 255);
    assert.equal(configuration.length, configuration.readUInt16LE(2));
  });

  it('keeps the line coding, and goes to the bootloader at 1200 baud', () => {
    const board = boot();
    const coding = Uint8Array.of(0x00, 0x96, 0, 0, 0, 0, 8);
    board.control({ type: 0x21, request: 0x20, value: 0, length: 7 }, coding);
    const [kept] = board.control({ type: 0xa1, request: 0x21, value: 0, length: 7 });
    assert.deepEqual(kept, coding);
    // A bootrom of two instructions: its look-up returns the address of a breakpoint.
    const rom = new DataView(board.chip.bootrom.buffer);
    rom.setUint16(0x14, 0x100, true);
    rom.setUint16(0x18, 0x201, true);
    rom.setUint16(0x200, 0x4800, true); // ldr r0, [pc, #0]
    rom.setUint16(0x202, 0x4770, true); // bx lr
    rom.setUint32(0x204, 0x301, true);
    rom.setUint16(0x300, 0xbe2a, true); // bkpt #42
    let broke: number | undefined;
    board.chip.onBreak = (code) => {
      broke = code;
    };
    board.control({ type: 0x21, request: 0x20, value: 0, length: 7 }, Uint8Array.of(0xb0, 4, 0, 0, 0, 0, 8));
    assert.ok(board.run(100, () => broke !== undefined));
    assert.equal(broke, 42);
  });
});
