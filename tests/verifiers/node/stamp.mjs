// A time stamp on the head: section 7.5.

import { createPublicKey, verify as verifyNative } from "node:crypto";
import * as der from "./der.mjs";
import { calendar, digest } from "./encoding.mjs";
import { MALFORMED, NOT_AUTHENTIC, NO_ANCHOR, Refused, demand } from "./refusal.mjs";
import { CERT_SIGN, DIGITAL_SIGNATURE, extensions, meaning, signed } from "./x509.mjs";

const LARGEST = 65536;
const DEEPEST = 24;
const TIME = 0x18;
const CONTENT_COMMITMENT = 1;
const [FIRST, SECOND] = [0xa0, 0xa1];
const [SIGNED_DATA, INFO] = ["1.2.840.113549.1.7.2", "1.2.840.113549.1.9.16.1.4"];
const [CONTENT_TYPE, MESSAGE_DIGEST, SIGNING_CERTIFICATE] = ["1.2.840.113549.1.9.3", "1.2.840.113549.1.9.4", "1.2.840.113549.1.9.16.2.47"];
const [EXTENDED, TIME_STAMPING] = ["2.5.29.37", "1.3.6.1.5.5.7.3.8"];
const HASHES = { "2.16.840.1.101.3.4.2.1": "sha256", "2.16.840.1.101.3.4.2.2": "sha384", "2.16.840.1.101.3.4.2.3": "sha512" };
const PLAIN_RSA = "1.2.840.113549.1.1.1";
const SIGNATURES = {
  "1.2.840.113549.1.1.11": ["rsa", "sha256"],
  "1.2.840.113549.1.1.12": ["rsa", "sha384"],
  "1.2.840.113549.1.1.13": ["rsa", "sha512"],
  "1.2.840.10045.4.3.2": ["ec", "sha256"],
  "1.2.840.10045.4.3.3": ["ec", "sha384"],
  "1.2.840.10045.4.3.4": ["ec", "sha512"],
};

const form = (condition, why) => demand(condition, MALFORMED, `stamp: ${why}`);
const need = (condition, why) => demand(condition, NOT_AUTHENTIC, `stamp: ${why}`);

function whole(node, depth) {
  form(depth <= DEEPEST, "nested too deep");
  if (node.tag & 0x20) for (const child of node.children()) whole(child, depth + 1);
}

function parts(node, tag, count) {
  const found = node.is(tag).children();
  form(count === undefined || found.length === count, `${count} parts expected, ${found.length} found`);
  return found;
}

function hashOf(node) {
  const [name] = parts(node, der.SEQUENCE);
  form(name, "an algorithm of no name");
  const found = HASHES[der.oid(name)];
  form(found, "another hash");
  return found;
}

function attributesOf(node) {
  const found = new Map();
  for (const attribute of parts(node, FIRST)) {
    const [type, values] = parts(attribute, der.SEQUENCE, 2);
    const [value] = parts(values, der.SET, 1);
    form(!found.has(der.oid(type)), "an attribute stands twice");
    found.set(der.oid(type), value);
  }
  for (const type of [CONTENT_TYPE, MESSAGE_DIGEST, SIGNING_CERTIFICATE]) form(found.has(type), `no attribute ${type}`);
  return found;
}

function boundOf(node) {
  const [list] = parts(node, der.SEQUENCE);
  const [first] = list ? parts(list, der.SEQUENCE) : [];
  const found = first ? parts(first, der.SEQUENCE) : [];
  const hash = found[0]?.tag === der.SEQUENCE ? hashOf(found.shift()) : "sha256";
  form(found[0], "no hash of the signer's certificate");
  return { hash, value: found[0].is(der.OCTETS).body };
}

function timeOf(node) {
  const match = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(?:\.(\d{1,6}))?Z$/.exec(node.is(TIME).body.toString("latin1"));
  form(match, "a time of other form");
  const value = calendar(...match.slice(1, 7).map(Number), Number((match[7] ?? "").padEnd(6, "0")));
  form(value !== null && match[1] >= "1900" && match[1] <= "8999", "no such time");
  return value;
}

function infoOf(bytes) {
  const node = der.parse(bytes);
  whole(node, 0);
  const [version, policy, imprint, serial, at, ...more] = parts(node, der.SEQUENCE);
  form(at, "cut off");
  form(der.integer(version) === 1n, "another version of the stamp");
  form(more.every(({ tag }) => tag !== SECOND), "extensions of the stamp");
  const [algorithm, value] = parts(imprint, der.SEQUENCE, 2);
  form(hashOf(algorithm) === "sha256" && value.is(der.OCTETS).body.length === 32, "another imprint");
  der.integer(serial);
  der.oid(policy);
  return { imprint: value.body, at: timeOf(at) };
}

function kindOf(node, hash) {
  const [name] = parts(node, der.SEQUENCE);
  form(name, "an algorithm of no name");
  if (der.oid(name) === PLAIN_RSA) return "rsa";
  const [kind, own] = SIGNATURES[der.oid(name)] ?? [];
  form(own === hash, "another signature algorithm");
  return kind;
}

function signerOf(node) {
  const [version, sid, hashed, attributes, algorithm, signature] = parts(node, der.SEQUENCE, 6);
  form(der.integer(version) === 1n, "another version of the signer");
  const [issuer, serial] = parts(sid, der.SEQUENCE, 2);
  const hash = hashOf(hashed);
  const found = attributesOf(attributes);
  return {
    issuer: issuer.is(der.SEQUENCE).raw,
    serial: der.integer(serial),
    hash,
    signed: Buffer.concat([Buffer.from([der.SET]), attributes.raw.subarray(1)]),
    contentType: der.oid(found.get(CONTENT_TYPE)),
    digest: found.get(MESSAGE_DIGEST).is(der.OCTETS).body,
    bound: boundOf(found.get(SIGNING_CERTIFICATE)),
    kind: kindOf(algorithm, hash),
    signature: signature.is(der.OCTETS).body,
  };
}

// Its form: everything that is signed, and what says that it is.
export function stamp(bytes) {
  form(bytes.length <= LARGEST, "larger than 64 KiB");
  const node = der.parse(bytes);
  whole(node, 0);
  const [status, token] = parts(node, der.SEQUENCE, 2);
  const [granted] = parts(status, der.SEQUENCE);
  form(granted && der.integer(granted) === 0n, "it was not granted");
  const [type, content] = parts(token, der.SEQUENCE, 2);
  form(der.oid(type) === SIGNED_DATA, "no signed data");
  const [version, hashes, encapsulated, certificates, signers] = parts(parts(content, FIRST, 1)[0], der.SEQUENCE, 5);
  form(der.integer(version) === 3n, "another version");
  hashes.is(der.SET);
  const [kind, wrapped] = parts(encapsulated, der.SEQUENCE, 2);
  form(der.oid(kind) === INFO, "another content");
  const octets = parts(wrapped, FIRST, 1)[0].is(der.OCTETS).body;
  const given = parts(certificates, FIRST);
  form(given.length >= 1 && given.length <= 6, "no certificate, or more than six");
  const ders = given.map((one) => one.is(der.SEQUENCE).raw);
  return { ...infoOf(octets), content: octets, certificates: ders, ...signerOf(parts(signers, der.SET, 1)[0]) };
}

function certificate(bytes) {
  const { parts: fields, algorithmBytes, ...outer } = signed(der.parse(bytes));
  demand(fields[0]?.tag === FIRST, MALFORMED, "not X.509 v3");
  const [, serial, algorithm, issuer, validity, subject, spki, ...rest] = fields;
  demand(spki && algorithm.raw.equals(algorithmBytes), MALFORMED, "not a certificate");
  const extra = rest.find((part) => part.tag === 0xa3);
  const found = extra ? extensions(der.parse(extra.body)) : new Map();
  const [notBefore, notAfter] = validity.is(der.SEQUENCE).children().map(der.time);
  const purposes = found.get(EXTENDED);
  const stamps = purposes?.critical && purposes.value.is(der.SEQUENCE).children().map(der.oid).join() === TIME_STAMPING;
  return { ...outer, ...meaning(found), bytes, serial: der.integer(serial), issuer: issuer.raw, subject: subject.raw, notBefore, notAfter, stamps, hasUsage: found.has("2.5.29.15"), key: publicKey(spki) };
}

function publicKey(spki) {
  try {
    return createPublicKey({ key: spki.raw, format: "der", type: "spki" });
  } catch {
    throw new Refused(MALFORMED, "a key that cannot be read");
  }
}

// A stamp anchor of the checker's.
export function stampAnchor(bytes) {
  const found = certificate(bytes);
  demand(found.isCa, NO_ANCHOR, "not a CA's certificate");
  return found;
}

function readable(bytes) {
  try {
    return [certificate(bytes)];
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    return [];
  }
}

function isRight({ key, kind, hash, data, signature }) {
  if (key.asymmetricKeyType !== kind) return false;
  try {
    return verifyNative(hash, data, key, signature);
  } catch {
    return false;
  }
}

function isIssued(one, issuer) {
  const [kind, hash] = SIGNATURES[one.algorithm] ?? [];
  return Boolean(kind) && isRight({ key: issuer.key, kind, hash, data: one.tbs, signature: one.signature });
}

function* paths(path, others, anchors) {
  const wanted = path.at(-1).issuer;
  for (const anchor of anchors) if (anchor.subject.equals(wanted)) yield [...path, anchor];
  for (const other of others) if (other.isCa && !path.includes(other) && other.subject.equals(wanted)) yield* paths([...path, other], others, anchors);
}

function isGood(path, at) {
  const above = path.slice(1);
  const mayIssue = (one, below) => one.isCa && one.usage(CERT_SIGN) && (one.pathLength === null || BigInt(below) <= one.pathLength);
  return above.every((issuer, index) => isIssued(path[index], issuer) && mayIssue(issuer, index)) && path.every((one) => !one.strange.length && one.notBefore <= at && at <= one.notAfter);
}

// With the checker's stamp anchors: row 8. Gives the time.
export function checkStamp(found, head, anchors) {
  need(found.imprint.equals(digest("sha-256", head)), "it is over something else");
  need(found.contentType === INFO && found.digest.equals(digest(found.hash, found.content)), "it is of another content");
  const others = found.certificates.flatMap(readable);
  const signers = others.filter((one) => one.issuer.equals(found.issuer) && one.serial === found.serial);
  need(signers.length === 1, "its signer's certificate is not there, or twice");
  const [signer] = signers;
  need(digest(found.bound.hash, signer.bytes).equals(found.bound.value), "it was made with another certificate");
  need(!signer.isCa && signer.stamps && (!signer.hasUsage || signer.usage(DIGITAL_SIGNATURE) || signer.usage(CONTENT_COMMITMENT)), "its signer may not stamp");
  need(isRight({ key: signer.key, kind: found.kind, hash: found.hash, data: found.signed, signature: found.signature }), "its signature is wrong");
  const ways = [...paths([signer], others, anchors)];
  demand(ways.length, NO_ANCHOR, "stamp: no stamp anchor vouches for it");
  need(ways.some((path) => isGood(path, found.at)), "no path to a stamp anchor holds");
  return found.at;
}
