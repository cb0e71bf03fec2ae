/**
 * The RP2040's flash cache (datasheet 2.6.3): set-associative, least recently used line replaced. rp2040js reads
 * flash for free; this subclass watches its reads, of instructions and of data, and counts the cycles that missed
 * lines cost.
 */
import { RP2040 } from 'rp2040js';
import type { XipCache } from '../../../targets/target.js';
import type { VirtualClock } from './clock.js';

/** 0x10000000 .. 0x13ffffff: four windows of 16 MB on the same flash (datasheet 2.6.3). */
const windowBytes = 0x1000000;
const isFlash = (address: number) => address >>> 26 === 0x10000000 >>> 26;
/** The window's number: bit 0 does not allocate lines, bit 1 bypasses the cache. */
const windowOf = (address: number) => (address >>> 24) & 3;

export class CacheModel {
  hits = 0;
  misses = 0;
  private readonly lineShift: number;
  private readonly setMask: number;
  /** Line number of each way of each set, most recently used first; -1 is empty. */
  private readonly lines: Int32Array;

  /** @throws RangeError unless the line size and the number of sets are powers of two. */
  constructor(private readonly shape: XipCache) {
    const sets = shape.bytes / shape.lineBytes / shape.ways;
    if (!isPowerOfTwo(shape.lineBytes) || !isPowerOfTwo(sets)) {
      throw new RangeError('a cache needs powers of two for its line size and number of sets');
    }
    this.lineShift = Math.log2(shape.lineBytes);
    this.setMask = sets - 1;
    this.lines = new Int32Array(sets * shape.ways).fill(-1);
  }

  /** One read at a flash offset. @returns the cycles it stalls. */
  read(offset: number, allocate: boolean): number {
    const line = offset >>> this.lineShift;
    const { lines } = this;
    const { ways } = this.shape;
    const base = (line & this.setMask) * ways;
    let way = 0;
    while (way < ways && lines[base + way] !== line) way++;
    const hit = way < ways;
    if (hit) this.hits++;
    else this.misses++;
    if (hit || allocate) {
      for (let i = Math.min(way, ways - 1); i > 0; i--) lines[base + i] = lines[base + i - 1]!;
      lines[base] = line;
    }
    return hit ? 0 : this.shape.missCycles;
  }

  /** A read around the cache: always over the flash's own bus. */
  bypass(): number {
    this.misses++;
    return this.shape.missCycles;
  }

  flush(): void {
    this.lines.fill(-1);
  }
}

function isPowerOfTwo(n: number): boolean {
  return Number.isInteger(n) && n > 0 && (n & (n - 1)) === 0;
}

/** An RP2040 whose flash reads go through a CacheModel. */
export class CachedRp2040 extends RP2040 {
  private stalled = 0;

  constructor(
    clock: VirtualClock,
    private readonly cache: CacheModel,
  ) {
    super(clock);
  }

  /** Cycles stalled since the last call. */
  takeStalls(): number {
    const { stalled } = this;
    this.stalled = 0;
    return stalled;
  }

  private touch(address: number): number {
    const window = windowOf(address);
    const offset = address % windowBytes;
    this.stalled += window & 2 ? this.cache.bypass() : this.cache.read(offset, (window & 1) === 0);
    return offset;
  }

  override readUint32(address: number): number {
    const a = address >>> 0;
    return isFlash(a) ? this.flashView.getUint32(this.touch(a), true) : super.readUint32(a);
  }

  override readUint16(address: number): number {
    const a = address >>> 0;
    return isFlash(a) ? this.flashView.getUint16(this.touch(a), true) : super.readUint16(a);
  }

  override readUint8(address: number): number {
    const a = address >>> 0;
    return isFlash(a) ? this.flashView.getUint8(this.touch(a)) : super.readUint8(a);
  }
}
