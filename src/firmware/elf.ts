/** Reads the ELF files that crimp links: 32 bits, little-endian (System V ABI, chapters 4 and 5). */

export interface ElfSection {
  readonly name: string;
  /** Address at run time. */
  readonly address: number;
  readonly bytes: number;
  /** Where the content lies in the file; undefined for a section without content, such as .bss. */
  readonly offset?: number;
}

export interface ElfSymbol {
  readonly name: string;
  readonly address: number;
  readonly bytes: number;
  readonly kind: 'object' | 'function' | 'other';
}

/** What is loaded, at its load address. */
export interface ElfSegment {
  readonly address: number;
  readonly data: Uint8Array;
}

export interface Elf {
  readonly entry: number;
  readonly sections: readonly ElfSection[];
  readonly symbols: readonly ElfSymbol[];
  readonly segments: readonly ElfSegment[];
}

const magic = 0x464c457f;
const class32 = 1;
const littleEndian = 1;
const types = { symbolTable: 2, noBits: 8 } as const;
const segmentLoad = 1;
const kinds: Readonly<Record<number, ElfSymbol['kind']>> = { 1: 'object', 2: 'function' };

/** @throws Error when the bytes are no such file: where crimp has just linked it, that is no user's mistake. */
export function readElf(file: Uint8Array): Elf {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  if (file.length < 52 || view.getUint32(0, true) !== magic) throw new Error('not an ELF file');
  if (view.getUint8(4) !== class32 || view.getUint8(5) !== littleEndian) {
    throw new Error('not a 32-bit little-endian ELF file');
  }
  const headers = sectionHeaders(view);
  const names = headers[view.getUint16(50, true)];
  const sections = headers.map((h) => ({
    name: names ? textAt(file, names.offset + h.name) : '',
    address: h.address,
    bytes: h.bytes,
    offset: h.type === types.noBits || h.type === 0 ? undefined : h.offset,
  }));
  return {
    entry: view.getUint32(24, true),
    sections,
    symbols: headers
      .filter((h) => h.type === types.symbolTable)
      .flatMap((h) => symbols(file, view, h, headers)),
    segments: segments(file, view),
  };
}

interface SectionHeader {
  readonly name: number;
  readonly type: number;
  readonly address: number;
  readonly offset: number;
  readonly bytes: number;
  readonly link: number;
  readonly entryBytes: number;
}

function sectionHeaders(view: DataView): SectionHeader[] {
  const start = view.getUint32(32, true);
  const size = view.getUint16(46, true);
  return Array.from({ length: view.getUint16(48, true) }, (_, i) => {
    const word = (n: number) => view.getUint32(start + i * size + 4 * n, true);
    return {
      name: word(0),
      type: word(1),
      address: word(3),
      offset: word(4),
      bytes: word(5),
      link: word(6),
      entryBytes: word(9),
    };
  });
}

function symbols(
  file: Uint8Array,
  view: DataView,
  table: SectionHeader,
  headers: readonly SectionHeader[],
): ElfSymbol[] {
  const strings = headers[table.link]!.offset;
  return Array.from({ length: table.bytes / table.entryBytes }, (_, i) => {
    const at = table.offset + i * table.entryBytes;
    return {
      name: textAt(file, strings + view.getUint32(at, true)),
      address: view.getUint32(at + 4, true),
      bytes: view.getUint32(at + 8, true),
      kind: kinds[view.getUint8(at + 12) & 15] ?? 'other',
    };
  });
}

function segments(file: Uint8Array, view: DataView): ElfSegment[] {
  const start = view.getUint32(28, true);
  const size = view.getUint16(42, true);
  const found: ElfSegment[] = [];
  for (let i = 0; i < view.getUint16(44, true); i++) {
    const word = (n: number) => view.getUint32(start + i * size + 4 * n, true);
    if (word(0) !== segmentLoad || word(4) === 0) continue;
    found.push({ address: word(3), data: file.subarray(word(1), word(1) + word(4)) });
  }
  return found;
}

function textAt(file: Uint8Array, offset: number): string {
  return Buffer.from(file.subarray(offset, file.indexOf(0, offset))).toString('latin1');
}

/** The bytes from `origin` to the end of what is loaded; 0xff, as erased flash, where nothing is. */
export function flatImage(elf: Elf, origin: number): Uint8Array {
  const end = Math.max(origin, ...elf.segments.map((s) => s.address + s.data.length));
  const image = new Uint8Array(end - origin).fill(0xff);
  for (const { address, data } of elf.segments) image.set(data, address - origin);
  return image;
}
