// Text, hex, base64url, times and hashes: section 2 and 5.1.

import { createHash } from "node:crypto";
import { MALFORMED, demand } from "./refusal.mjs";

const DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

export function utf8(bytes) {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    demand(false, MALFORMED, "text is not UTF-8");
  }
}

export function ascii(bytes) {
  demand(bytes.every((byte) => byte > 0x20 && byte < 0x7f), MALFORMED, "a token is ASCII without a line end");
  return Buffer.from(bytes).toString("latin1");
}

export function base64url(bytes) {
  return Buffer.from(bytes).toString("base64url");
}

// Canonical: no padding, no other characters, unused bits zero.
export function fromBase64url(text) {
  for (const character of text) demand(DIGITS.includes(character), MALFORMED, "not base64url");
  const bytes = Buffer.from(text, "base64url");
  demand(bytes.toString("base64url") === text, MALFORMED, "base64url is not canonical");
  return bytes;
}

export function isHex(text, length) {
  return typeof text === "string" && text.length === length && /^[0-9a-f]*$/.test(text);
}

export function digest(name, ...parts) {
  const hash = createHash(name === "sha-256" ? "sha256" : name);
  for (const part of parts) hash.update(part);
  return hash.digest();
}

export function isPrintable(text) {
  return !/[^ \P{Z}]|\p{Cc}|\p{Cf}|\p{Cs}|\p{Co}/u.test(text);
}

export function sha256hex(bytes) {
  return digest("sha-256", bytes).toString("hex");
}

const TIME = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)\.(\d{6})Z$/;

// Microseconds since 1970, or null where the text is no time of section 2.
export function microseconds(text) {
  const match = typeof text === "string" ? TIME.exec(text) : null;
  if (!match || text.length !== 27) return null;
  const [year, month, day, hour, minute, second, fraction] = match.slice(1).map(Number);
  if (year < 1900 || year > 8999) return null;
  return calendar(year, month, day, hour, minute, second, fraction);
}

export function calendar(year, month, day, hour, minute, second, fraction) {
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  date.setUTCHours(hour, minute, second, 0);
  const same = [date.getUTCFullYear(), date.getUTCMonth() + 1, date.getUTCDate(), date.getUTCHours(), date.getUTCMinutes(), date.getUTCSeconds()];
  if (same.join() !== [year, month, day, hour, minute, second].join()) return null;
  return BigInt(date.getTime()) * 1000n + BigInt(fraction);
}

export function byCodePoint(left, right) {
  const [a, b] = [Array.from(left), Array.from(right)];
  for (let at = 0; at < a.length && at < b.length; at++) {
    const difference = a[at].codePointAt(0) - b[at].codePointAt(0);
    if (difference) return difference;
  }
  return a.length - b.length;
}
