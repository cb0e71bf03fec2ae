/** The CRC-32 that a zip archive records for its members. PKWARE APPNOTE 4.3.12 (central directory), 4.3.16 (its end). */
import * as zlib from 'node:zlib';

const endSignature = 0x06054b50;
const memberSignature = 0x02014b50;

/** The first member whose bytes are not those that were packed; undefined where none is, or where Node has no CRC-32. */
export function damagedMember(
  archive: Uint8Array,
  members: Readonly<Record<string, Uint8Array>>,
): string | undefined {
  // Node 20.15 and newer.
  if (zlib.crc32 === undefined) return undefined;
  for (const [name, crc] of checksums(archive)) {
    if (members[name] && zlib.crc32(members[name]) !== crc) return name;
  }
  return undefined;
}

/** By member, as the archive's directory has them; as many as can be read of it. */
function checksums(bytes: Uint8Array): Map<string, number> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const found = new Map<string, number>();
  let end = bytes.length - 22;
  while (end >= 0 && view.getUint32(end, true) !== endSignature) end--;
  if (end < 0) return found;
  let at = view.getUint32(end + 16, true);
  while (at + 46 <= end && view.getUint32(at, true) === memberSignature) {
    const [name, extra, comment] = [28, 30, 32].map((field) => view.getUint16(at + field, true)) as [
      number,
      number,
      number,
    ];
    found.set(
      new TextDecoder().decode(bytes.subarray(at + 46, at + 46 + name)),
      view.getUint32(at + 16, true),
    );
    at += 46 + name + extra + comment;
  }
  return found;
}
