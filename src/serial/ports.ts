/** Serial ports of this computer. */
import { existsSync, readdirSync, readFileSync, realpathSync } from 'node:fs';
import path from 'node:path';
import type { BindingInterface } from '@serialport/bindings-interface';
import { environmentError } from '../diagnostics.js';

export interface Port {
  readonly path: string;
  /** Hex digits; absent for what is no USB device. */
  readonly vendorId?: string;
  readonly productId?: string;
  readonly serialNumber?: string;
  readonly manufacturer?: string;
}

/** The operating system's serial ports. @throws CrimpError `no-serial` where there is no support for them. */
export async function systemBinding(): Promise<BindingInterface> {
  try {
    const { autoDetect } = await import('@serialport/bindings-cpp');
    return autoDetect() as BindingInterface;
  } catch (cause) {
    throw environmentError(
      'no-serial',
      `serial ports do not work here: ${(cause as Error).message}`,
      'Install crimp again (`npm ci`); it has no prebuilt serial support for some systems.',
    );
  }
}

/** The ports that a binding sees. On a Linux without udev, whose tools it needs, /dev and /sys tell. */
export async function listPorts(binding: BindingInterface): Promise<Port[]> {
  try {
    return (await binding.list()).map(({ path, vendorId, productId, serialNumber, manufacturer }) => ({
      path,
      vendorId,
      productId,
      serialNumber,
      manufacturer,
    }));
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ENOENT') throw cause;
    return portsFromDev('/dev', '/sys');
  }
}

/** @param dev @param sys the folders /dev and /sys. */
export function portsFromDev(dev: string, sys: string): Port[] {
  return readdirSync(dev)
    .filter((name) => /^tty(ACM|USB|AMA)\d+$/.test(name))
    .sort()
    .map((name) => ({ path: path.join(dev, name), ...usbInfo(path.join(sys, 'class/tty', name, 'device')) }));
}

/** The USB device is a folder or two above the tty's in /sys. */
function usbInfo(device: string): Partial<Port> {
  if (!existsSync(device)) return {};
  let folder = realpathSync(device);
  for (let i = 0; i < 3; i++, folder = path.dirname(folder)) {
    const vendorId = read(folder, 'idVendor');
    if (vendorId === undefined) continue;
    return {
      vendorId,
      productId: read(folder, 'idProduct'),
      serialNumber: read(folder, 'serial'),
      manufacturer: read(folder, 'manufacturer'),
    };
  }
  return {};
}

function read(folder: string, name: string): string | undefined {
  const file = path.join(folder, name);
  return existsSync(file) ? readFileSync(file, 'utf8').trim() : undefined;
}
