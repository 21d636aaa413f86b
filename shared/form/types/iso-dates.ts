/** ISO 8601 as answers use it. The two sources are of regular expressions, for schemas too. */
const datePattern = /^(\d{4})-(\d{2})-(\d{2})$/;
export const timeSource = String.raw`(?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d{1,9})?)?`;
export const zoneSource = String.raw`(?:Z|[+-](?:0\d|1[0-4]):[0-5]\d)?`;
const timePattern = new RegExp(`^${timeSource}${zoneSource}$`);
const clockPattern = new RegExp(`^T${timeSource}${zoneSource}$`);

/** True for `YYYY-MM-DD` of a day that exists. */
export function isDate(text: string): boolean {
  const parts = datePattern.exec(text);
  if (parts === null) return false;
  const [year, month, day] = [Number(parts[1]), Number(parts[2]), Number(parts[3])];
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  const february = leap ? 29 : 28;
  const days = [31, february, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1];
  return days !== undefined && day >= 1 && day <= days;
}

/** True for `hh:mm[:ss[.sss]]` with or without a zone. */
export function isTime(text: string): boolean {
  return timePattern.test(text);
}

/** True for a date, `T` and a time, with or without a zone. */
export function isDateTime(text: string): boolean {
  return isDate(text.slice(0, 10)) && clockPattern.test(text.slice(10));
}
