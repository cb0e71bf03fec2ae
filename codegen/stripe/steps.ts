/** How many rows a chain's layers had best compute at once, within so many bytes. */
import type { Chain } from './chain.js';
import { type Schedule, scheduleOf, smallestSchedule } from './schedule.js';

/** What a schedule takes. */
export interface Price {
  readonly bytes: number;
  readonly cycles: number;
}

/** Rows at once beyond which nothing is to be gained. */
const most = 8;

/**
 * From row by row on, step by step to what saves the most cycles for its bytes.
 *
 * @param limit bytes that are to be had; row by row is taken whatever it needs
 */
export function bestSchedule(chain: Chain, limit: number, priceOf: (s: Schedule) => Price): Schedule {
  let schedule = smallestSchedule(chain);
  let price = priceOf(schedule);
  for (;;) {
    const moves = larger(chain, schedule).map((s) => ({ schedule: s, price: priceOf(s) }));
    const gain = (move: Price) => (price.cycles - move.cycles) / Math.max(1, move.bytes - price.bytes);
    const good = moves.filter((m) => m.price.bytes <= limit && m.price.cycles < price.cycles);
    if (good.length === 0) return schedule;
    const best = good.reduce((a, b) => (gain(b.price) > gain(a.price) ? b : a));
    schedule = best.schedule;
    price = best.price;
  }
}

/** The schedules in which one layer computes more rows at once. */
function larger(chain: Chain, { steps }: Schedule): Schedule[] {
  return steps.flatMap((step, i) => {
    const { height } = chain.bands[i + 1]!;
    let next = step + 1;
    while (next <= Math.min(most, height) && height % next !== 0) next++;
    return next > Math.min(most, height) ? [] : [scheduleOf(chain, steps.with(i, next))];
  });
}
