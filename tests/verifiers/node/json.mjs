// Strict and canonical JSON: section 2. Objects are Maps, numbers are BigInts.

import { byCodePoint, utf8 } from "./encoding.mjs";
import { MALFORMED, demand } from "./refusal.mjs";

const SHORT = { '"': '"', "\\": "\\", "/": "/", b: "\b", f: "\f", n: "\n", r: "\r", t: "\t" };
const LARGEST = 2n ** 53n - 1n;
const MOST = 2n ** 63n;

class Reader {
  constructor(text, deepest) {
    Object.assign(this, { text, deepest, at: 0 });
  }

  need(condition, why) {
    demand(condition, MALFORMED, `not JSON of this format: ${why}`);
  }

  space() {
    while (" \t\n\r".includes(this.text[this.at] ?? "x")) this.at++;
  }

  take(expected) {
    this.space();
    if (!this.text.startsWith(expected, this.at)) return false;
    this.at += expected.length;
    return true;
  }

  whole() {
    const value = this.value(0);
    this.space();
    this.need(this.at === this.text.length, "something follows");
    return value;
  }

  value(depth) {
    this.space();
    const next = this.text[this.at];
    if (next === '"') return this.string();
    if (next === "{") return this.object(depth + 1);
    if (next === "[") return this.array(depth + 1);
    for (const [word, value] of [["true", true], ["false", false], ["null", null]]) if (this.take(word)) return value;
    return this.number();
  }

  object(depth) {
    this.need(depth <= this.deepest, "nested too deep");
    const members = new Map();
    this.take("{");
    if (this.take("}")) return members;
    do {
      this.space();
      const key = this.string();
      this.need(!members.has(key), "a key stands twice");
      this.need(this.take(":"), "a colon is missing");
      members.set(key, this.value(depth));
    } while (this.take(","));
    this.need(this.take("}"), "an object is not closed");
    return members;
  }

  array(depth) {
    this.need(depth <= this.deepest, "nested too deep");
    const items = [];
    this.take("[");
    if (this.take("]")) return items;
    do items.push(this.value(depth));
    while (this.take(","));
    this.need(this.take("]"), "an array is not closed");
    return items;
  }

  number() {
    const match = /-?(?:0|[1-9][0-9]*)/y;
    match.lastIndex = this.at;
    const found = match.exec(this.text);
    this.need(found, "a value is missing");
    this.at += found[0].length;
    this.need(!".eE0123456789".includes(this.text[this.at] ?? "x"), "a fraction, exponent or leading zero");
    const value = found[0].length <= 20 ? BigInt(found[0]) : MOST;
    this.need(value < MOST && value > -MOST, "a number beyond 64 bits");
    return value;
  }

  string() {
    this.need(this.text[this.at++] === '"', "text is missing");
    let value = "";
    for (;;) {
      const character = this.text[this.at++];
      this.need(character !== undefined && character >= " ", "text is not closed, or has a bare control character");
      if (character === '"') break;
      value += character === "\\" ? this.escape() : character;
    }
    this.need(!/\p{Surrogate}/u.test(value), "a lone surrogate");
    return value;
  }

  escape() {
    const kind = this.text[this.at++];
    if (kind !== "u") {
      this.need(Object.hasOwn(SHORT, kind ?? ""), "an unknown escape");
      return SHORT[kind];
    }
    const digits = this.text.slice(this.at, this.at + 4);
    this.need(/^[0-9a-fA-F]{4}$/.test(digits), "an unknown escape");
    this.at += 4;
    return String.fromCharCode(parseInt(digits, 16));
  }
}

export function strict(bytes) {
  return new Reader(utf8(bytes), 32).whole();
}

export function canonical(bytes) {
  const text = utf8(bytes);
  const value = new Reader(text, 64).whole();
  demand(write(value) === text, MALFORMED, "not canonical JSON: written again, the bytes differ");
  return value;
}

const ESCAPES = { '"': '\\"', "\\": "\\\\", "\b": "\\b", "\t": "\\t", "\n": "\\n", "\f": "\\f", "\r": "\\r" };

function quoted(text) {
  const escaped = (character) => ESCAPES[character] ?? `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
  return `"${text.replace(/["\\\u0000-\u001f]/g, escaped)}"`;
}

export function write(value) {
  if (typeof value === "string") return quoted(value);
  if (typeof value === "boolean") return String(value);
  if (Array.isArray(value)) return `[${value.map(write).join(",")}]`;
  if (value instanceof Map) {
    const keys = [...value.keys()].sort(byCodePoint);
    return `{${keys.map((key) => `${quoted(key)}:${write(value.get(key))}`).join(",")}}`;
  }
  demand(typeof value === "bigint", MALFORMED, "canonical JSON has no null");
  demand(value <= LARGEST && value >= -LARGEST, MALFORMED, "a number beyond 2^53 - 1");
  return String(value);
}

export function hasExactly(map, keys) {
  return map instanceof Map && map.size === keys.length && keys.every((key) => map.has(key));
}
