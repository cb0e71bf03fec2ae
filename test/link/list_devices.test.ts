/** What is plugged in, and who may open it. */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import path from 'node:path';
import { describe, it } from 'node:test';
import type { BindingInterface, PortInfo } from '@serialport/bindings-interface';
import { listDevices } from '../../src/link/list_devices.js';
import { joinCommand, portPermission } from '../../src/serial/permission.js';
import { listPorts, portsFromDev } from '../../src/serial/ports.js';
import { targets } from '../../targets/index.js';
import { pico2 } from '../../targets/pico2.js';
import { rv32imc } from '../../targets/rv32imc.js';

const bindingOf = (list: () => Promise<PortInfo[]>): BindingInterface => ({
  list,
  open: () => Promise.reject(new Error('not here')),
});

const info = (more: Partial<PortInfo> & { path: string }): PortInfo => ({
  manufacturer: undefined,
  serialNumber: undefined,
  pnpId: undefined,
  locationId: undefined,
  vendorId: undefined,
  productId: undefined,
  ...more,
});

const virtual = { port: 'virtual:pico', kind: 'virtual', target: 'pico', title: 'Raspberry Pi Pico' };

describe('listDevices', () => {
  it('knows boards by USB ids, drives by labels, and the virtual ones', async () => {
    const binding = bindingOf(async () => [
      info({ path: '/dev/ttyACM0', vendorId: '2E8A', productId: '000A', serialNumber: 'E66' }),
      info({ path: '/dev/ttyS0' }),
    ]);
    const drives = (labels: readonly string[]) =>
      labels.includes('RPI-RP2')
        ? [{ name: '/media/RPI-RP2', info: async () => '', write: async () => {} }]
        : [];
    assert.deepEqual(await listDevices({ targets, binding, drives }), [
      {
        port: '/dev/ttyACM0',
        kind: 'serial',
        target: 'pico',
        title: virtual.title,
        usbId: '2e8a:000a',
        serialNumber: 'E66',
      },
      { port: '/dev/ttyS0', kind: 'serial' },
      { port: '/media/RPI-RP2', kind: 'bootloader', target: 'pico', title: virtual.title },
      virtual,
      { port: 'virtual:pico2', kind: 'virtual', target: 'pico2', title: pico2.title },
      { port: 'virtual:rv32imc', kind: 'virtual', target: 'rv32imc', title: rv32imc.title },
    ]);
  });

  it('works on a Linux without udev', async () => {
    const absent = bindingOf(() =>
      Promise.reject(Object.assign(new Error('spawn udevadm ENOENT'), { code: 'ENOENT' })),
    );
    const ports = await listPorts(absent);
    assert.ok(Array.isArray(ports));
    await assert.rejects(listPorts(bindingOf(() => Promise.reject(new Error('else')))), /else/);
  });

  it('reads /dev and /sys as they are', () => {
    const root = mkdtempSync(path.join(tmpdir(), 'crimp-test-'));
    try {
      const usb = path.join(root, 'sys/devices/usb1/1-2');
      mkdirSync(path.join(usb, '1-2:1.0'), { recursive: true });
      for (const [name, text] of [
        ['idVendor', '2e8a'],
        ['idProduct', '000a'],
        ['serial', 'E66'],
      ] as const) {
        writeFileSync(path.join(usb, name), `${text}\n`);
      }
      mkdirSync(path.join(root, 'sys/class/tty/ttyACM3'), { recursive: true });
      symlinkSync(path.join(usb, '1-2:1.0'), path.join(root, 'sys/class/tty/ttyACM3/device'));
      mkdirSync(path.join(root, 'dev'));
      for (const name of ['ttyACM3', 'ttyUSB0', 'tty1', 'null'])
        writeFileSync(path.join(root, 'dev', name), '');
      const dev = path.join(root, 'dev');
      assert.deepEqual(portsFromDev(dev, path.join(root, 'sys')), [
        {
          path: path.join(dev, 'ttyACM3'),
          vendorId: '2e8a',
          productId: '000a',
          serialNumber: 'E66',
          manufacturer: undefined,
        },
        { path: path.join(dev, 'ttyUSB0') },
      ]);
    } finally {
      rmSync(root, { recursive: true });
    }
  });
});

describe('portPermission', { skip: process.platform === 'win32' && 'files have no groups there' }, () => {
  it('names the group of the file and the command that gives access', () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'crimp-test-'));
    try {
      const permission = portPermission(folder)!;
      assert.equal(permission.allowed, true);
      assert.match(permission.command, new RegExp(`^sudo .*${permission.group}`));
      assert.ok(permission.command.includes(userInfo().username));
    } finally {
      rmSync(folder, { recursive: true });
    }
    assert.equal(portPermission('/nowhere/at/all'), undefined);
  });

  it('says it as the system wants it', { skip: process.platform !== 'linux' && 'Linux only' }, () => {
    assert.equal(joinCommand('dialout', 'ada'), 'sudo usermod -aG dialout ada');
  });
});
