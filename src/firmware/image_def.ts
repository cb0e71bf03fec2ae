/** The blocks by which the RP2350's bootrom knows an image (datasheet 5.9: block loops, items, IMAGE_DEF). */
import type { Firmware } from '../../targets/target.js';

const blockStart = 0xffffded3;
const blockEnd = 0xab123579;
/** Datasheet 5.1.5.1: longest IMAGE_DEF, and where the first block of the loop has to begin. */
const longestWords = 0x180 / 4;
const firstBlockWithin = 4096;
/** Item types (5.9.3); bit 7 says that the size has two bytes. */
const itemLast = 0xff;
const itemImageType = 0x42;
const twoByteSize = 0x80;

interface Block {
  /** Of its first marker, bytes from the start of flash. */
  readonly offset: number;
  /** First words of its items. */
  readonly items: readonly number[];
  /** From this block to the next one of the loop. */
  readonly next: number;
}

/**
 * Walks the block loop that begins in the first 4 KB, and looks at what a start would find.
 * @param flash from its first byte on
 */
export function imageDefProblems(
  flash: Uint8Array,
  { imageDef, flash: region, ram }: Pick<Firmware, 'imageDef' | 'flash' | 'ram'>,
): string[] {
  const words = new DataView(flash.buffer, flash.byteOffset, flash.byteLength - (flash.byteLength % 4));
  const end = Math.min(firstBlockWithin, words.byteLength);
  let at = 0;
  while (at < end && !blockAt(words, at)) at += 4;
  const first = at < end ? blockAt(words, at) : undefined;
  if (!first) return [`there is no block in the first ${firstBlockWithin} bytes`];

  const loop = [first];
  for (;;) {
    const last = loop.at(-1)!;
    const offset = last.offset + last.next;
    if (offset === first.offset) break;
    const block = blockAt(words, offset);
    if (!block) return [`the block at ${last.offset} links to ${offset}, where no block is`];
    if (loop.some((known) => known.offset === offset))
      return ['the loop of blocks does not come back to its first'];
    loop.push(block);
  }
  const type = loop.flatMap(({ items }) => items).find((item) => (item & 0xff) === itemImageType);
  if (type === undefined) return ['no block of the loop says what the image is'];
  const problems: string[] = [];
  if (type >>> 16 !== imageDef!.imageType) {
    problems.push(`the image is of type ${hex(type >>> 16)}, where ${hex(imageDef!.imageType)} is started`);
  }
  return [...problems, ...vectorProblems(words, region, ram)];
}

/** Without another item the vector table is at the start of the image (5.9.5): stack pointer, then the reset handler. */
function vectorProblems(words: DataView, flash: Firmware['flash'], ram: Firmware['ram']): string[] {
  const [stack, reset] = [words.getUint32(0, true), words.getUint32(4, true)];
  const problems: string[] = [];
  if (stack % 8 !== 0 || stack <= ram.origin || stack > ram.origin + ram.bytes)
    problems.push(`the stack would begin at ${hex(stack)}`);
  const inImage = reset >= flash.origin && reset < flash.origin + words.byteLength;
  if (reset % 2 === 0 || !inImage) problems.push(`the reset handler would be at ${hex(reset)}`);
  return problems;
}

/** @returns undefined where no whole block is. */
function blockAt(words: DataView, offset: number): Block | undefined {
  const word = (i: number) => {
    const at = offset + 4 * i;
    return at >= 0 && at + 4 <= words.byteLength ? words.getUint32(at, true) : undefined;
  };
  if (offset % 4 !== 0 || word(0) !== blockStart) return undefined;
  const items: number[] = [];
  for (let i = 1; i < longestWords; ) {
    const item = word(i);
    if (item === undefined) return undefined;
    const size = item & twoByteSize ? (item >>> 8) & 0xffff : (item >>> 8) & 0xff;
    if ((item & 0xff) === itemLast) {
      const next = word(i + 1);
      const sound = size === i - 1 && next !== undefined && word(i + 2) === blockEnd;
      return sound ? { offset, items, next: next | 0 } : undefined;
    }
    if (size === 0) return undefined;
    items.push(item);
    i += size;
  }
  return undefined;
}

const hex = (n: number) => `0x${n.toString(16)}`;
