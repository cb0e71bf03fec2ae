/** What flashing needs of the world: ports that come and go, and drives. Real in real.ts, or a virtual board. */
import type { Port } from '../serial/ports.js';

/** A bootloader's drive. */
export interface Volume {
  /** Where it is, for people: a folder, or a virtual board's drive. */
  readonly name: string;
  /** The text of its INFO_UF2.TXT. */
  info(): Promise<string>;
  /** Writes a UF2 file and waits until it is on the drive; the board then restarts by itself. */
  write(uf2: Uint8Array, onProgress?: (bytesWritten: number) => void): Promise<void>;
}

export interface FlashWorld {
  /** The user said which drive to write to. */
  readonly driveChosen: boolean;
  ports(): Promise<readonly Port[]>;
  /** Whether a port that the user named is there; systems do not list all that can be opened. */
  present(port: string): Promise<boolean>;
  /** Opens a port at 1200 baud and closes it: the request to restart into the bootloader. */
  touch(port: string): Promise<void>;
  /** Bootloader drives whose label is among these. */
  volumes(labels: readonly string[]): Promise<readonly Volume[]>;
}
