/**
 * Virtual time for rp2040js: an IClock whose fast path (no alarm due) is two additions and a comparison, since it
 * runs once an instruction.
 */
interface Alarm {
  readonly callback: () => void;
  due: number;
  next: Alarm | undefined;
}

export class VirtualClock {
  /** Nanoseconds since power-on. */
  nanos = 0;
  private first: Alarm | undefined;

  createAlarm(callback: () => void): { schedule(deltaNanos: number): void; cancel(): void } {
    const alarm: Alarm = { callback, due: 0, next: undefined };
    return {
      schedule: (deltaNanos) => {
        this.unlink(alarm);
        alarm.due = this.nanos + deltaNanos;
        this.link(alarm);
      },
      cancel: () => this.unlink(alarm),
    };
  }

  /** Lets time pass; alarms fire at their own instants, in order. */
  tick(deltaNanos: number): void {
    const target = this.nanos + deltaNanos;
    while (this.first !== undefined && this.first.due <= target) {
      const alarm = this.first;
      this.first = alarm.next;
      this.nanos = alarm.due;
      alarm.callback();
    }
    this.nanos = target;
  }

  /** Nanoseconds until the next alarm; infinite without one. */
  get nanosToNextAlarm(): number {
    return this.first === undefined ? Number.POSITIVE_INFINITY : Math.max(0, this.first.due - this.nanos);
  }

  private link(alarm: Alarm): void {
    let before: Alarm | undefined;
    let after = this.first;
    while (after !== undefined && after.due <= alarm.due) {
      before = after;
      after = after.next;
    }
    alarm.next = after;
    if (before === undefined) this.first = alarm;
    else before.next = alarm;
  }

  private unlink(alarm: Alarm): void {
    if (this.first === alarm) this.first = alarm.next;
    for (let item = this.first; item !== undefined; item = item.next) {
      if (item.next === alarm) item.next = alarm.next;
    }
    alarm.next = undefined;
  }
}
