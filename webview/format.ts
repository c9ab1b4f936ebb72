import { t } from './strings.ts';

const DAY = 24 * 60 * 60 * 1000;

/** Local calendar day as a number that grows by one a day; immune to summer time. */
function dayNumber(date: Date): number {
  return Math.round(Date.UTC(date.getFullYear(), date.getMonth(), date.getDate()) / DAY);
}

function supported(locale: string): string | undefined {
  try {
    return Intl.getCanonicalLocales(locale)[0];
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/** Dates, times and numbers in the language of the editor. */
export class Formats {
  readonly #time: Intl.DateTimeFormat;
  readonly #full: Intl.DateTimeFormat;
  readonly #day: Intl.DateTimeFormat;
  readonly #dayOfYear: Intl.DateTimeFormat;
  readonly #number: Intl.NumberFormat;

  /** `locale` is a BCP 47 tag; one that is none falls back to the browser's. */
  constructor(locale: string) {
    const tag = supported(locale);
    // 24 hours in every language: five characters that stand in the avatar column, like the times of a log.
    this.#time = new Intl.DateTimeFormat(tag, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
    this.#full = new Intl.DateTimeFormat(tag, { dateStyle: 'full', timeStyle: 'medium' });
    this.#day = new Intl.DateTimeFormat(tag, { weekday: 'long', day: 'numeric', month: 'long' });
    this.#dayOfYear = new Intl.DateTimeFormat(tag, { day: 'numeric', month: 'long', year: 'numeric' });
    this.#number = new Intl.NumberFormat(tag);
  }

  /** 09:04 */
  time(timestamp: string): string {
    return this.#time.format(new Date(timestamp));
  }

  /** Weekday, date and time to the second. */
  full(timestamp: string): string {
    return this.#full.format(new Date(timestamp));
  }

  /** Today, Yesterday, the weekday and date within a year, else date and year. */
  day(timestamp: string, now: Date): string {
    const date = new Date(timestamp);
    const age = dayNumber(now) - dayNumber(date);
    if (age === 0) return t('day.today');
    if (age === 1) return t('day.yesterday');
    return age > 0 && age < 300 ? this.#day.format(date) : this.#dayOfYear.format(date);
  }

  number(value: number): string {
    return this.#number.format(value);
  }
}

/** True when both fall on the same day of this machine's calendar. */
export function sameDay(one: string, other: string): boolean {
  return dayNumber(new Date(one)) === dayNumber(new Date(other));
}

/** Milliseconds until the next midnight of this machine's calendar. */
export function untilMidnight(now: Date): number {
  return new Date(now.getFullYear(), now.getMonth(), now.getDate() + 1).getTime() - now.getTime();
}
