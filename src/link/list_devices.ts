/** What is plugged in: serial ports, boards that wait in their bootloader, and virtual boards. */
import type { BindingInterface } from '@serialport/bindings-interface';
import { targets } from '../../targets/index.js';
import type { Target } from '../../targets/target.js';
import { findDrives } from '../flash/drives.js';
import type { Volume } from '../flash/world.js';
import { listPorts, type Port, systemBinding } from '../serial/ports.js';
import { virtualPort } from '../virtual/port.js';

export interface DeviceInfo {
  /** What `--port` takes, or a drive's folder. */
  readonly port: string;
  readonly kind: 'serial' | 'bootloader' | 'virtual';
  /** Target that it is by its USB ids, drive label or name; absent for what crimp does not know. */
  readonly target?: string;
  readonly title?: string;
  /** `2e8a:000a` */
  readonly usbId?: string;
  readonly serialNumber?: string;
}

/** Where to look; by default on this computer, for all targets. */
export interface DeviceSources {
  readonly targets?: readonly Target[];
  readonly binding?: BindingInterface;
  readonly drives?: (labels: readonly string[]) => readonly Volume[];
}

export async function listDevices(sources: DeviceSources = {}): Promise<DeviceInfo[]> {
  const boards = (sources.targets ?? targets).filter((target) => target.firmware);
  const drives = sources.drives ?? findDrives;
  const ports = await listPorts(sources.binding ?? (await systemBinding()));
  const waiting = boards.flatMap((target) => {
    const { flasher } = target.firmware!;
    return flasher ? drives(flasher.volumes).map((drive) => device(drive.name, 'bootloader', target)) : [];
  });
  const virtual = boards.map((target) => device(virtualPort(target), 'virtual', target));
  return [...ports.map((port) => serialDevice(port, boards)), ...waiting, ...virtual];
}

function device(port: string, kind: DeviceInfo['kind'], target: Target): DeviceInfo {
  return { port, kind, ...named(target) };
}

const named = (target: Target) => ({ target: target.name, title: target.title });

function serialDevice(port: Port, boards: readonly Target[]): DeviceInfo {
  const { vendorId, productId, serialNumber } = port;
  const vendor = Number.parseInt(vendorId ?? '', 16);
  const product = Number.parseInt(productId ?? '', 16);
  const target = boards.find(
    ({ firmware }) => firmware!.usb?.vendorId === vendor && firmware!.usb.productId === product,
  );
  return {
    port: port.path,
    kind: 'serial',
    ...(target && named(target)),
    ...(vendorId && productId && { usbId: `${vendorId}:${productId}`.toLowerCase() }),
    ...(serialNumber && { serialNumber }),
  };
}
