/** CRC-32 of IEEE 802.3 (reflected, polynomial 0xedb88320), as zip and PNG have it. */
const table = Uint32Array.from({ length: 256 }, (_, n) => {
  let c = n;
  for (let bit = 0; bit < 8; bit++) c = c & 1 ? (c >>> 1) ^ 0xedb88320 : c >>> 1;
  return c;
});

export function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = (crc >>> 8) ^ table[(crc ^ byte) & 0xff]!;
  return ~crc >>> 0;
}

/** As the protocol writes it: 8 hex digits. */
export function crcHex(crc: number): string {
  return crc.toString(16).padStart(8, '0');
}
