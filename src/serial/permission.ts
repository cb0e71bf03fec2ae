/** May this user open a serial port? On Linux that is a matter of the device file's group. */
import { accessSync, constants, readFileSync, statSync } from 'node:fs';
import { userInfo } from 'node:os';

export interface PortPermission {
  readonly allowed: boolean;
  /** The group that owns the device file; its number where it has no name. */
  readonly group: string;
  /** What gives this user access: to be run once, followed by a new login. */
  readonly command: string;
}

/** @returns undefined where there is no such file, or files have no groups (Windows). */
export function portPermission(path: string): PortPermission | undefined {
  if (process.platform === 'win32') return undefined;
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return undefined;
  const group = groupName(stat.gid);
  return { allowed: mayReadAndWrite(path), group, command: joinCommand(group, userInfo().username) };
}

export function joinCommand(group: string, user: string): string {
  return process.platform === 'darwin'
    ? `sudo dseditgroup -o edit -a ${user} -t user ${group}`
    : `sudo usermod -aG ${group} ${user}`;
}

function mayReadAndWrite(path: string): boolean {
  try {
    accessSync(path, constants.R_OK | constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

/** From /etc/group: name:password:gid:members. */
function groupName(gid: number): string {
  try {
    const lines = readFileSync('/etc/group', 'utf8').split('\n');
    return (
      lines.map((line) => line.split(':')).find((fields) => fields[2] === String(gid))?.[0] ?? String(gid)
    );
  } catch {
    return String(gid);
  }
}
