// DER (X.690): definite, shortest lengths; nothing left over.

import { MALFORMED, demand } from "./refusal.mjs";
import { calendar } from "./encoding.mjs";

export const [BOOLEAN, INTEGER, BITS, OCTETS, OID] = [0x01, 0x02, 0x03, 0x04, 0x06];
export const [SEQUENCE, SET] = [0x30, 0x31];
const TEXTS = { 0x0c: "utf-8", 0x13: "latin1", 0x16: "latin1", 0x1e: "utf-16be" };

const need = (condition, why) => demand(condition, MALFORMED, `DER: ${why}`);

export class Node {
  constructor(tag, raw, body) {
    Object.assign(this, { tag, raw, body });
  }

  // The values inside a constructed one.
  children() {
    need(this.tag & 0x20, "a constructed value is missing");
    const found = [];
    for (let rest = this.body; rest.length; ) {
      const node = first(rest);
      found.push(node);
      rest = rest.subarray(node.raw.length);
    }
    return found;
  }

  is(tag) {
    need(this.tag === tag, `tag ${tag} expected, ${this.tag} found`);
    return this;
  }
}

function first(bytes) {
  need(bytes.length >= 2 && (bytes[0] & 0x1f) !== 0x1f, "cut off");
  let [size, head] = [bytes[1], 2];
  if (size & 0x80) {
    const width = size & 0x7f;
    need(width >= 1 && width <= 4 && bytes.length >= 2 + width, "a length of other form");
    size = bytes.readUIntBE(2, width);
    head += width;
    need(size >= 0x80 && bytes[2] !== 0, "a length not in shortest form");
  }
  need(head + size <= bytes.length, "cut off");
  return new Node(bytes[0], bytes.subarray(0, head + size), bytes.subarray(head, head + size));
}

export function parse(bytes) {
  const node = first(bytes);
  need(node.raw.length === bytes.length, "something follows");
  return node;
}

export function integer(node) {
  const { body } = node.is(INTEGER);
  need(body.length >= 1, "an empty integer");
  need(body.length === 1 || !((body[0] === 0 && body[1] < 0x80) || (body[0] === 0xff && body[1] >= 0x80)), "an integer not in shortest form");
  const value = BigInt(`0x${body.toString("hex")}`);
  return body[0] & 0x80 ? value - (1n << BigInt(8 * body.length)) : value;
}

export function boolean(node) {
  const { body } = node.is(BOOLEAN);
  need(body.length === 1 && (body[0] === 0 || body[0] === 0xff), "a truth value of other form");
  return body[0] === 0xff;
}

export function oid(node) {
  const { body } = node.is(OID);
  need(body.length >= 1 && !(body.at(-1) & 0x80), "an object identifier cut off");
  const arcs = [];
  let value = 0n;
  for (const byte of body) {
    value = (value << 7n) | BigInt(byte & 0x7f);
    if (byte & 0x80) continue;
    arcs.push(value);
    value = 0n;
  }
  const root = arcs[0] < 40n ? 0n : arcs[0] < 80n ? 1n : 2n;
  return [root, arcs[0] - root * 40n, ...arcs.slice(1)].join(".");
}

// Whole octets only, as keys and signatures are.
export function bits(node) {
  const { body } = node.is(BITS);
  need(body.length >= 1 && body[0] === 0, "a bit string of broken octets");
  return body.subarray(1);
}

// A set of named bits, the first in the highest bit.
export function flags(node) {
  const { body } = node.is(BITS);
  need(body.length >= 1 && body[0] < 8, "a bit string of other form");
  return (index) => Boolean((body[1 + (index >> 3)] ?? 0) & (0x80 >> (index & 7)));
}

export function text(node) {
  const encoding = TEXTS[node.tag];
  if (!encoding) return null;
  try {
    return new TextDecoder(encoding, { fatal: true, ignoreBOM: true }).decode(node.body);
  } catch {
    return null;
  }
}

// Microseconds since 1970, of UTCTime or GeneralizedTime (RFC 5280 section 4.1.2.5).
export function time(node) {
  const match = /^(\d\d|\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/.exec(node.body.toString("latin1"));
  need(match && match[1].length === { 0x17: 2, 0x18: 4 }[node.tag], "a time of other form");
  const [year, ...rest] = match.slice(1).map(Number);
  const full = node.tag === 0x18 ? year : year + (year < 50 ? 2000 : 1900);
  const value = calendar(full, ...rest, 0);
  need(value !== null, "no such time");
  return value;
}
