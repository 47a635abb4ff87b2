const DAY_S = 86_400;

export interface TimeLabels {
  /** On the axis: a day where a day begins, or where labels are whole days apart. */
  tick: (time: number, days: boolean) => string;
  /** Of a whole interval. */
  interval: (start: number, intervalS: number) => string;
}

export function timeLabels(language: string, timeZone?: string): TimeLabels {
  const day = new Intl.DateTimeFormat(language, { month: "short", day: "numeric", timeZone });
  const clock = new Intl.DateTimeFormat(language, {
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
    timeZone,
  });
  const seconds = new Intl.DateTimeFormat(language, {
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    hourCycle: "h23",
    timeZone,
  });
  return {
    tick: (time, days) => (days || clock.format(time) === "00:00" ? day.format(time) : clock.format(time)),
    interval: (start, intervalS) => {
      const end = start + intervalS * 1_000;
      if (intervalS > DAY_S) return `${day.format(start)} – ${day.format(end)}`;
      // A day of the server begins at midnight UTC, which is not midnight here.
      const times = intervalS < 60 ? seconds : clock;
      const until = day.format(end) === day.format(start) ? "" : `${day.format(end)} `;
      return `${day.format(start)} ${times.format(start)} – ${until}${times.format(end)}`;
    },
  };
}
