// Certificates and revocation lists: sections 4, 5.1, 5.2 and 5.5.

import { createPublicKey, verify as verifyNative } from "node:crypto";
import * as der from "./der.mjs";
import { base64url, digest, sha256hex } from "./encoding.mjs";
import { CURVE as P256_CURVE, ECDSA_SHA256, p256Key } from "./p256.mjs";
import { MALFORMED, demand } from "./refusal.mjs";
import * as sm2 from "./sm2.mjs";

const [ED25519, EC, SM2_CURVE, SM2_SM3] = ["1.3.101.112", "1.2.840.10045.2.1", "1.2.156.10197.1.301", "1.2.156.10197.1.501"];
const EXTENSION = { basic: "2.5.29.19", usage: "2.5.29.15", extended: "2.5.29.37", names: "2.5.29.17", subject: "2.5.29.14", authority: "2.5.29.35" };
const ANY_USAGE = "2.5.29.37.0";
export const [DIGITAL_SIGNATURE, CERT_SIGN, CRL_SIGN] = [0, 5, 6];

export const SUITES = {
  "SM2-SM3": { alg: "SM2-SM3", hash: "sm3", claim: "sm3" },
  Ed25519: { alg: "EdDSA", hash: "sha-256", claim: "sha-256" },
};

// Suite of a key → algorithm of its signatures in certificates and lists.
const SIGNATURES = { "SM2-SM3": SM2_SM3, Ed25519: ED25519, "P-256": ECDSA_SHA256 };

const need = (condition, why) => demand(condition, MALFORMED, `certificate: ${why}`);
const answered = new Map();

// Slow arithmetic: what was asked before (a transfer's document, in a batch a common head) is remembered.
function once(kid, [message, signature], answer) {
  const key = `${kid} ${sha256hex(message)} ${signature.toString("hex")}`;
  if (!answered.has(key)) answered.set(key, answer());
  return answered.get(key);
}

function sm2Key(point) {
  need(point.length === 65 && point[0] === 4, "an SM2 key of other form");
  const [x, y] = [point.subarray(1, 33), point.subarray(33)];
  const key = sm2.point(point.subarray(1));
  need(sm2.onCurve(key.x, key.y), "a key that is no point of the curve");
  const thumbprint = `{"crv":"SM2","kty":"EC","x":"${base64url(x)}","y":"${base64url(y)}"}`;
  const kid = base64url(digest("sha-256", thumbprint));
  return { suite: "SM2-SM3", kid, verify: (message, signature) => once(kid, [message, signature], () => sm2.verify(key, message, signature)) };
}

function edKey(bytes, spki) {
  need(bytes.length === 32, "an Ed25519 key of other length");
  const thumbprint = `{"crv":"Ed25519","kty":"OKP","x":"${base64url(bytes)}"}`;
  const native = createPublicKey({ key: spki, format: "der", type: "spki" });
  const verify = (message, signature) => signature.length === 64 && verifyNative(null, message, native, signature);
  return { suite: "Ed25519", kid: base64url(digest("sha-256", thumbprint)), verify };
}

function publicKey(node) {
  const [algorithm, key, ...rest] = node.is(der.SEQUENCE).children();
  need(!rest.length, "a key with more than its form has");
  const [name, curve, ...more] = algorithm.is(der.SEQUENCE).children();
  const [kind, bytes] = [der.oid(name), der.bits(key)];
  if (kind === ED25519) return edKey(bytes, node.raw);
  const named = kind === EC && curve ? der.oid(curve) : "";
  if (named === P256_CURVE && !more.length) return { suite: "P-256", kid: null, verify: p256Key(bytes) };
  need(named === SM2_CURVE, "a key of no suite");
  return sm2Key(bytes);
}

// In certificates a signature of SM2 or ECDSA is DER, in tokens raw.
function raw(signature, suite) {
  if (suite === "Ed25519") return signature;
  const numbers = der.parse(signature).is(der.SEQUENCE).children().map(der.integer);
  if (numbers.length !== 2 || numbers.some((value) => value < 0n || value >> 256n)) return Buffer.alloc(0);
  return Buffer.from(numbers.map((value) => value.toString(16).padStart(64, "0")).join(""), "hex");
}

export function isSignedBy(signed, issuer) {
  if (signed.algorithm !== SIGNATURES[issuer.key.suite]) return false;
  try {
    return issuer.key.verify(signed.tbs, raw(signed.signature, issuer.key.suite));
  } catch {
    return false;
  }
}

function name(node) {
  const found = { commonName: [], organization: [] };
  for (const relative of node.is(der.SEQUENCE).children())
    for (const pair of relative.is(der.SET).children()) {
      const [type, value] = pair.is(der.SEQUENCE).children();
      const key = { "2.5.4.3": "commonName", "2.5.4.10": "organization" }[der.oid(type)];
      if (key) found[key].push(der.text(value));
    }
  const only = ([first, ...more]) => (more.length ? "" : (first ?? ""));
  return { commonName: only(found.commonName), organization: only(found.organization) };
}

export function extensions(node) {
  const found = new Map();
  for (const extension of node.is(der.SEQUENCE).children()) {
    const parts = extension.is(der.SEQUENCE).children();
    need(parts.length === 2 || parts.length === 3, "an extension of other form");
    const id = der.oid(parts[0]);
    need(!found.has(id), "an extension stands twice");
    found.set(id, { critical: parts.length === 3 && der.boolean(parts[1]), value: der.parse(parts.at(-1).is(der.OCTETS).body) });
  }
  return found;
}

function basicConstraints(found) {
  if (!found) return { isCa: false, pathLength: null };
  const parts = found.value.is(der.SEQUENCE).children();
  const isCa = parts[0]?.tag === der.BOOLEAN && der.boolean(parts.shift());
  const pathLength = parts.length ? der.integer(parts[0]) : null;
  need(parts.length < 2 && (pathLength === null || pathLength >= 0n), "basicConstraints of other form");
  return { isCa, pathLength };
}

export function meaning(found) {
  const at = (key) => found.get(EXTENSION[key]);
  const known = new Set(Object.values(EXTENSION));
  const authority = at("authority")?.value.is(der.SEQUENCE).children().find((part) => part.tag === 0x80);
  const extended = at("extended")?.value.is(der.SEQUENCE).children().map(der.oid);
  return {
    ...basicConstraints(at("basic")),
    usage: at("usage") ? der.flags(at("usage").value) : () => false,
    anyUsage: !extended || extended.includes(ANY_USAGE),
    subjectKey: at("subject")?.value.is(der.OCTETS).body ?? null,
    authorityKey: authority?.body ?? null,
    strange: [...found].filter(([id, { critical }]) => critical && !known.has(id)).map(([id]) => id),
  };
}

export function signed(node) {
  const [tbs, algorithm, signature, ...more] = node.is(der.SEQUENCE).children();
  need(signature && !more.length, "not three parts");
  const [id, ...parameters] = algorithm.is(der.SEQUENCE).children();
  return { tbs: tbs.is(der.SEQUENCE).raw, algorithmBytes: algorithm.raw, algorithm: der.oid(id), parameters, signature: der.bits(signature), parts: tbs.children() };
}

function known({ algorithm, parameters }) {
  need(Object.values(SIGNATURES).includes(algorithm), "signed by another algorithm");
  need(algorithm !== ECDSA_SHA256 || !parameters.length, "ECDSA with parameters");
}

export function certificate(bytes) {
  const { parts, algorithmBytes, ...outer } = signed(der.parse(bytes));
  need(parts[0]?.tag === 0xa0 && der.integer(der.parse(parts[0].body)) === 2n, "not X.509 v3");
  const [, serial, algorithm, issuer, validity, subject, spki, ...rest] = parts;
  need(spki, "cut off");
  need(algorithm.raw.equals(algorithmBytes), "two algorithms");
  known(outer);
  need(der.integer(serial) > 0n && der.integer(serial) < 1n << 159n, "a serial number that cannot be");
  const [notBefore, notAfter] = validity.is(der.SEQUENCE).children().map(der.time);
  const extra = rest.find((part) => part.tag === 0xa3);
  const found = extra ? extensions(der.parse(extra.body)) : new Map();
  const [key, told] = [publicKey(spki), meaning(found)];
  need(told.isCa || key.suite !== "P-256", "a key on P-256 of who is no CA");
  return { ...outer, fingerprint: sha256hex(bytes), serial: der.integer(serial), issuer: issuer.raw, subject: subject.raw, ...name(subject), notBefore, notAfter, key, ...told };
}

function revoked(node) {
  const [serial, date, extra] = node.is(der.SEQUENCE).children();
  return { serial: der.integer(serial), date: der.time(date), extra: extra ? extensions(extra) : new Map() };
}

export function revocationList(bytes) {
  const { parts, algorithmBytes, ...outer } = signed(der.parse(bytes));
  if (parts[0]?.tag === der.INTEGER) parts.shift();
  const [algorithm, issuer, thisUpdate, ...rest] = parts;
  need(thisUpdate && algorithm.raw.equals(algorithmBytes), "a revocation list of other form");
  known(outer);
  der.time(thisUpdate);
  const nextUpdate = rest[0] && rest[0].tag !== der.SEQUENCE && rest[0].tag !== 0xa0 ? der.time(rest.shift()) : null;
  const entries = rest[0]?.tag === der.SEQUENCE ? rest.shift().children().map(revoked) : [];
  const more = rest[0]?.tag === 0xa0 ? extensions(der.parse(rest[0].body)) : new Map();
  need(nextUpdate !== null, "a revocation list without nextUpdate");
  const partial = [more, ...entries.map(({ extra }) => extra)].some((found) => [...found.values()].some(({ critical }) => critical));
  return { ...outer, fingerprint: sha256hex(bytes), issuer: issuer.raw, nextUpdate, revoked: entries, partial };
}
