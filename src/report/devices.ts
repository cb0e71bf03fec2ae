/** The text of `crimp devices`. */
import type { DeviceInfo } from '../link/list_devices.js';
import { table } from './table.js';

export function formatDevices(devices: readonly DeviceInfo[]): string {
  if (devices.length === 0) return 'no ports and no boards';
  return table(
    [{ title: 'port' }, { title: 'kind' }, { title: 'board' }, { title: 'usb id' }],
    devices.map(({ port, kind, title, usbId }) => [port, kind, title ?? '', usbId ?? '']),
  );
}
