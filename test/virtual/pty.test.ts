/** The virtual Pico on a pseudo-terminal: for any program, until it is closed, with nothing left behind. */
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  copyFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { after, before, describe, it } from 'node:test';
import { flash } from '../../src/flash/flash.js';
import { realWorld } from '../../src/flash/real.js';
import { touch } from '../../src/flash/touch.js';
import { confirmFirmware } from '../../src/link/confirm.js';
import { openDevice } from '../../src/link/device.js';
import { systemBinding } from '../../src/serial/ports.js';
import { virtualBoard } from '../../src/virtual/index.js';
import { servePty } from '../../src/virtual/pty.js';
import { pico } from '../../targets/pico.js';
import { withoutArm } from '../firmware/arm.js';
import { echoBytes, echoFirmware, timesThree } from '../support/echo_model.js';

const withoutScript =
  process.platform !== 'linux' || spawnSync('script', ['--version']).error !== undefined
    ? 'no util-linux `script` here'
    : false;
const oldHash = '000000000000001d';
const newHash = '00000000000002e5';

/** Ids of this process's children, and theirs. */
function descendants(pid: number): number[] {
  const parents = new Map<number, number>();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name) || !existsSync(`/proc/${name}/stat`)) continue;
    try {
      const fields = readFileSync(`/proc/${name}/stat`, 'utf8')
        .replace(/^.*\) /s, '')
        .split(' ');
      parents.set(Number(name), Number(fields[1]));
    } catch {} // it has ended meanwhile
  }
  const below = (id: number): number[] =>
    [...parents].filter(([, p]) => p === id).flatMap(([c]) => [c, ...below(c)]);
  return below(pid);
}

const alive = (pid: number) =>
  existsSync(`/proc/${pid}`) && !readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z ');

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 20));
}

describe('servePty', { skip: withoutArm || withoutScript, timeout: 90_000 }, () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'crimp-test-'));
  const files = { old: path.join(folder, 'old.uf2'), new: path.join(folder, 'new.uf2') };
  before(async () => {
    writeFileSync(files.old, (await echoFirmware(oldHash)).uf2);
    writeFileSync(files.new, (await echoFirmware(newHash)).uf2);
  });
  after(() => rmSync(folder, { recursive: true }));

  it('talks to plain serialport, is touched, flashed by copying, and leaves nothing behind', async () => {
    const before = descendants(process.pid);
    const board = virtualBoard(pico, readFileSync(files.old));
    await board.ready();
    const events: string[] = [];
    const pty = await servePty(board, { onEvent: (message) => events.push(message) });
    const drive = pty.drive!;
    const children = descendants(process.pid).filter((pid) => !before.includes(pid));
    assert.ok(children.length > 0);
    try {
      const device = await openDevice(pty.path, { target: pico, hash: oldHash });
      const input = Uint8Array.from({ length: echoBytes }, (_, i) => 255 - i);
      await device.load(input);
      await device.run();
      assert.deepEqual(await device.output(), timesThree(input));
      await device.close();

      assert.deepEqual(readdirSync(drive), []);
      const binding = await systemBinding();
      await touch(pty.path, binding);
      await until(() => existsSync(path.join(drive, 'INFO_UF2.TXT')));
      writeFileSync(path.join(drive, 'notes.txt'), 'no firmware');
      await until(() => events.some((event) => event.includes('bad-uf2')));
      copyFileSync(files.new, path.join(drive, 'new.uf2'));
      await until(() => board.volume === undefined);
      await confirmFirmware({ target: pico, hash: newHash })(pty.path);
      assert.deepEqual(readdirSync(drive), []);

      // The same once more, by crimp's own states.
      await flash(files.old, pty.path, pico, {
        world: realWorld(binding, drive),
        check: confirmFirmware({ target: pico, hash: oldHash }),
      });
    } finally {
      await pty.close();
      board.close();
    }
    await until(() => !children.some(alive));
    assert.equal(existsSync(pty.path), false);
    assert.equal(existsSync(drive), false);
  });

  it('leaves no process behind when its owner is killed', async () => {
    const module = (name: string) =>
      JSON.stringify(new URL(`../../src/virtual/${name}`, import.meta.url).href);
    const program = `
      import { readFileSync } from 'node:fs';
      const { virtualBoard } = await import(${module('index.ts')});
      const { servePty } = await import(${module('pty.ts')});
      const { pico } = await import(${JSON.stringify(new URL('../../targets/pico.ts', import.meta.url).href)});
      const pty = await servePty(virtualBoard(pico, readFileSync(${JSON.stringify(files.old)})));
      console.log(pty.path + ' ' + pty.drive);
      setInterval(() => {}, 1000);
    `;
    const owner = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', program], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [line] = (await once(createInterface({ input: owner.stdout }), 'line')) as [string];
    const [terminal, drive] = line.split(' ');
    const children = descendants(owner.pid!);
    assert.ok(children.length > 0);
    owner.kill('SIGKILL');
    await until(() => !children.some(alive));
    await until(() => !existsSync(terminal!));
    rmSync(drive!, { recursive: true, force: true }); // a killed owner cannot
  });
});
