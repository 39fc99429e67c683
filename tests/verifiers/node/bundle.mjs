// Rows 2 to 6 of section 8: the container, and the form of everything in it.

import { ascii, byCodePoint, digest, isHex, isPrintable, microseconds, utf8 } from "./encoding.mjs";
import { canonical, hasExactly } from "./json.mjs";
import { MALFORMED, NOT_AUTHENTIC, demand } from "./refusal.mjs";
import { stamp } from "./stamp.mjs";
import { jws } from "./token.mjs";
import { SUITES, certificate } from "./x509.mjs";
import { members as unzipped } from "./zip.mjs";

const FIXED = ["manifest.json", "manifest.jws", "ledger/head.jws", "ledger/proofs.json"];
const FOLDERS = {
  certificates: /^certificates\/([0-9a-f]{64})\.crt$/,
  documents: /^documents\/([0-9a-f]{64})\.sd-jwt$/,
  transfers: /^transfers\/([0-9a-f]{32})\.sd-jwt$/,
  entries: /^ledger\/entries\/([0-9]{12})\.json$/,
};
const [OLDER, STAMP] = ["ledger/older-head.jws", "ledger/head.tsr"];
const MANIFEST = ["format", "version", "case", "matter", "scope", "unit", "origin", "hub", "organization", "suite", "exported_at", "titles", "members"];
const TEXTS = ["case", "matter", "scope", "unit", "origin", "hub", "organization", "suite", "exported_at"];
const EVERY = ["kind", "ref", "at", "case"];
const NOTE = "item effect document document_digest agreement agreement_digest basis provider receiver purpose disclosed withheld".split(" ");
const KINDS = {
  document: "document_kind digest provider custody source as_of raw_digest mapping_digest".split(" "),
  transfer: NOTE,
  query: NOTE,
  receipt: ["effect", "what", "raw_digest"],
};
const LISTS = ["disclosed", "withheld"];
const MOST_AUTHORITIES = 32;

const need = (condition, why) => demand(condition, MALFORMED, why);
const isText = (value) => typeof value === "string";
const isTexts = (value) => value instanceof Map && [...value.values()].every(isText);

function named(members, pattern) {
  return [...members].map(([name, body]) => [pattern.exec(name)?.[1], body]).filter(([id]) => id !== undefined);
}

function names(members) {
  const known = (name) => FIXED.includes(name) || name === OLDER || name === STAMP || Object.values(FOLDERS).some((pattern) => pattern.test(name));
  for (const name of members.keys()) need(known(name), `a name of no row: ${name}`);
  for (const name of FIXED) need(members.has(name), `${name} is missing`);
  need(named(members, FOLDERS.entries).length, "no entry");
}

function manifest(bytes) {
  const found = canonical(bytes);
  need(hasExactly(found, MANIFEST), "manifest: other keys");
  need(found.get("format") === "zhida-evidence" && [1n, 2n].includes(found.get("version")), "manifest: another format or version");
  need(TEXTS.every((key) => isText(found.get(key))) && isTexts(found.get("titles")) && isTexts(found.get("members")), "manifest: a value of another type");
  const texts = [...TEXTS.map((key) => found.get(key)), ...["titles", "members"].flatMap((key) => [...found.get(key)].flat())];
  need(texts.every(isPrintable), "manifest: texts hold printable characters only");
  need(found.get("scope") === "case" ? found.get("unit") === "" : ["unit", "transfer", "field"].includes(found.get("scope")) && found.get("unit") !== "", "manifest: scope and unit");
  need(Object.hasOwn(SUITES, found.get("suite")), "manifest: no such suite");
  need(microseconds(found.get("exported_at")) !== null, "manifest: exported_at is no time");
  const isLater = found.get("members").has(STAMP) || ["transfer", "field"].includes(found.get("scope"));
  need(found.get("version") === (isLater ? 2n : 1n), "manifest: another version than its stamp and scope have");
  return found;
}

function listed(members, { found, hash }) {
  const rest = [...members].filter(([name]) => name !== "manifest.json" && name !== "manifest.jws");
  demand(rest.length === found.get("members").size, NOT_AUTHENTIC, "the manifest lists other members");
  for (const [name, body] of rest) {
    const expected = found.get("members").get(name);
    demand(expected === digest(hash, body).toString("hex"), NOT_AUTHENTIC, `the digest of ${name} is not the manifest's`);
  }
}

// One form of PEM; gives the DER.
export function pem(bytes) {
  const text = utf8(bytes);
  const match = /^-----BEGIN CERTIFICATE-----\n((?:[A-Za-z0-9+/=]+\n)+)-----END CERTIFICATE-----\n$/.exec(text);
  need(match, "a certificate that is not PEM of this form");
  const der = Buffer.from(match[1], "base64");
  const lines = der.toString("base64").match(/.{1,64}/g) ?? [];
  need(`${lines.join("\n")}\n` === match[1], "a certificate that is not PEM of this form");
  return der;
}

function isSortedSet(list) {
  return Array.isArray(list) && list.every(isText) && list.every((one, at) => at === 0 || byCodePoint(list[at - 1], one) < 0);
}

function entry([seq, bytes]) {
  const found = canonical(bytes);
  need(found instanceof Map && EVERY.every((key) => isText(found.get(key))), "entry: kind, ref, at and case are text");
  need(microseconds(found.get("at")) !== null, "entry: at is no time");
  const more = KINDS[Object.hasOwn(KINDS, found.get("kind")) ? found.get("kind") : ""];
  if (more) {
    need(hasExactly(found, [...EVERY, ...more]), `entry: other keys than a ${found.get("kind")} has`);
    for (const key of more) need(LISTS.includes(key) ? isSortedSet(found.get(key)) : isText(found.get(key)), `entry: ${key}`);
  }
  if (found.get("kind") === "receipt") need(["stored", "applied", "refused"].includes(found.get("what")), "entry: what");
  if (found.get("kind") === "query") need(found.get("effect") === "", "entry: the effect of a query");
  if (found.get("kind") === "case-opened") need(isText(found.get("matter")), "entry: case-opened has a matter");
  return { seq: BigInt(seq), bytes, at: microseconds(found.get("at")), get: (key) => found.get(key) };
}

// The signed tree head: its token, and what it says.
export function head(bytes) {
  const token = jws(ascii(bytes));
  need(token.header.get("typ") === "zhida-head+jws", "head: another typ");
  const found = canonical(token.payload);
  need(hasExactly(found, ["origin", "size", "root", "at"]), "head: other keys");
  const [size, root, at] = [found.get("size"), found.get("root"), microseconds(found.get("at"))];
  need(isText(found.get("origin")) && typeof size === "bigint" && size >= 1n && isHex(root, 64) && at !== null, "head: a value of another type");
  return { token, bytes, origin: found.get("origin"), size, root: Buffer.from(root, "hex"), at };
}

const isPath = (list) => Array.isArray(list) && list.length <= 64 && list.every((node) => isHex(node, 64));
const nodes = (list) => list.map((node) => Buffer.from(node, "hex"));

function proofs(bytes, hasOlder) {
  const found = canonical(bytes);
  need(hasExactly(found, hasOlder ? ["paths", "consistency"] : ["paths"]), "proofs: other keys");
  const paths = found.get("paths");
  need(paths instanceof Map && [...paths.keys()].every((seq) => /^(0|[1-9][0-9]{0,11})$/.test(seq)), "proofs: a path of no entry");
  need([...paths.values()].every(isPath), "proofs: a path of another form");
  need(!hasOlder || isPath(found.get("consistency")), "proofs: consistency of another form");
  return { paths: new Map([...paths].map(([seq, path]) => [seq, nodes(path)])), consistency: hasOlder ? nodes(found.get("consistency")) : null };
}

function certificates(members) {
  const all = named(members, FOLDERS.certificates).map(([fingerprint, bytes]) => ({ fingerprint, der: pem(bytes) }));
  const parsed = all.map(({ fingerprint, der }) => ({ named: fingerprint, ...certificate(der) }));
  return () => {
    for (const one of parsed) {
      need(one.named === one.fingerprint, "a certificate is not named by its digest");
      need(!one.issuer.equals(one.subject), "a certificate whose issuer is its subject");
    }
    need(parsed.filter(({ isCa }) => isCa).length <= MOST_AUTHORITIES, "more than 32 intermediate CAs");
    return parsed;
  };
}

export function opened(bytes, row) {
  const members = row(2, () => unzipped(bytes));
  const found = row(3, () => (names(members), manifest(members.get("manifest.json"))));
  const seal = row(3, () => jws(ascii(members.get("manifest.jws")), members.get("manifest.json")));
  const suite = SUITES[found.get("suite")];
  row(4, () => listed(members, { found, hash: suite.hash }));
  const formed = row(5, () => parts(members));
  return { manifest: found, seal, suite, ...formed, certificates: row(6, formed.certificates) };
}

function parts(members) {
  const form = certificates(members);
  const entries = named(members, FOLDERS.entries).map(entry).sort((a, b) => (a.seq < b.seq ? -1 : 1));
  const [newest, older] = ["ledger/head.jws", OLDER].map((name) => (members.has(name) ? head(members.get(name)) : null));
  const proof = proofs(members.get("ledger/proofs.json"), older !== null);
  for (const [name, body] of members) need(!/jw[st]$/.test(name) || body.every((byte) => byte < 0x80), "a token is ASCII");
  const [documents, transfers] = [FOLDERS.documents, FOLDERS.transfers].map((pattern) => new Map(named(members, pattern)));
  const stamped = members.has(STAMP) ? stamp(members.get(STAMP)) : null;
  return { certificates: form, entries, head: newest, stamp: stamped, older, proof, documents, transfers };
}
