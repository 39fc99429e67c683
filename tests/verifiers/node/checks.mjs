// Rows 7 to 19 of section 8.

import { byCodePoint, microseconds } from "./encoding.mjs";
import { MALFORMED, NOT_AUTHENTIC, as, demand } from "./refusal.mjs";
import { claims, disclosed, sdJwt, verifyJws } from "./token.mjs";
import { checkStamp } from "./stamp.mjs";
import { isConsistent, isIncluded, leaf } from "./tree.mjs";

const GRACE = 600_000_000n;
const NOTES = ["transfer", "query"];
const need = (condition, why) => demand(condition, NOT_AUTHENTIC, why);
const notAfter = (earlier, later, why) => need(earlier <= later + GRACE, why);

function byHub({ bundle, trust }, token, { typ, at, against = at }) {
  const { manifest } = bundle;
  const signer = trust.signer(manifest.get("hub"), token.kid, { at, against });
  verifyJws(token, signer, typ);
  need(signer.organization === manifest.get("organization"), "the organisation is not the manifest's");
  need(signer.key.suite === manifest.get("suite"), "the suite is not the manifest's");
}

function seal(context) {
  const { bundle, hub } = context;
  need(bundle.manifest.get("hub") === hub, `the hub is not ${hub}`);
  byHub(context, bundle.seal, { typ: "zhida-evidence+jws", at: microseconds(bundle.manifest.get("exported_at")) });
}

// The time of the stamp, if there is one and the checker can check it.
function stamped({ bundle, stampAnchors, trust }) {
  if (!bundle.stamp) trust.remarks.add("no time stamp of a third party: times are the unit's own clock");
  else if (!stampAnchors.length) trust.remarks.add("the time stamp was not checked: no stamp anchors");
  return bundle.stamp && stampAnchors.length ? checkStamp(bundle.stamp, bundle.head.bytes, stampAnchors) : null;
}

function head(context, found, stamp = null) {
  byHub(context, found.token, { typ: "zhida-head+jws", at: found.at, against: stamp ?? found.at });
  need(found.origin === context.bundle.manifest.get("origin"), "the origin of a head is not the manifest's");
}

function included({ bundle }) {
  const { entries, proof, suite, manifest } = bundle;
  const names = new Set(entries.map(({ seq }) => place(seq)));
  need(names.size === proof.paths.size && [...names].every((name) => proof.paths.has(name)), "there is not a path for each entry and no other");
  for (const entry of entries) {
    const [start, path] = [leaf(suite.hash, entry.bytes), proof.paths.get(place(entry.seq))];
    need(isIncluded({ hash: suite.hash, start, seq: entry.seq, path, ...bundle.head }), `entry ${entry.seq} is not in the tree`);
    need(entry.get("case") === manifest.get("case"), `entry ${entry.seq} is of another case`);
  }
}

const place = (seq) => String(seq);

function older(context) {
  const { bundle, kept } = context;
  if (bundle.older) {
    head(context, bundle.older);
    need(isConsistent({ hash: bundle.suite.hash, older: bundle.older, newer: bundle.head, path: bundle.proof.consistency }), "the two heads are not consistent");
  }
  if (kept) need([bundle.head, bundle.older].some((one) => one?.bytes.equals(kept)), "the head that was kept is not in the bundle");
}

function oneToOne(ids, members, why) {
  need(new Set(ids).size === ids.length && ids.length === members.size && ids.every((id) => members.has(id)), why);
}

function documents(context) {
  const { bundle } = context;
  const entries = bundle.entries.filter((entry) => entry.get("kind") === "document");
  oneToOne(entries.map((entry) => entry.get("digest")), bundle.documents, "documents and their entries do not correspond");
  need(new Set(entries.map((entry) => entry.get("ref"))).size === entries.length, "two documents of one id");
  const read = entries.map((entry) => document(context, entry));
  return new Map(read.map((one) => [one.token.digest, one]));
}

function document(context, entry) {
  const token = as(MALFORMED, () => sdJwt(context.bundle.documents.get(entry.get("digest"))));
  const said = as(MALFORMED, () => claims(token));
  as(MALFORMED, () => disclosed(token, said));
  const claim = (name) => said.visible.get(name) ?? "";
  const signer = context.trust.signer(claim("iss"), token.kid, { at: microseconds(claim("iat")), against: entry.at });
  verifyJws(token, signer, "zhida+sd-jwt");
  need(token.digest === entry.get("digest"), "the document's digest is not the entry's");
  const issuer = { unit: claim("provider"), hub: context.hub }[claim("custody")];
  need(["unit", "hub"].includes(claim("custody")) && claim("iss") === issuer, "custody is not the signer's");
  const same = { ref: "jti", document_kind: "kind", provider: "provider", custody: "custody", source: "source", as_of: "as_of", raw_digest: "raw_digest", mapping_digest: "mapping_digest" };
  for (const [key, name] of Object.entries(same)) need(entry.get(key) === claim(name), `${name} of the document is not the entry's`);
  need(!token.disclosures.length, "a document with a disclosure");
  notAfter(microseconds(claim("iat")), entry.at, "a document was signed after its entry");
  return { token, said, claim, entry };
}

function notes({ bundle, found }) {
  const entries = bundle.entries.filter((entry) => NOTES.includes(entry.get("kind")));
  oneToOne(entries.map((entry) => entry.get("ref")), bundle.transfers, "transfers and their entries do not correspond");
  const read = entries.map((entry) => as(NOT_AUTHENTIC, () => presented({ bundle, found }, entry)));
  for (const one of read) note(one, bundle.manifest.get("scope") === "field");
  return read;
}

function presented({ bundle, found }, entry) {
  const token = sdJwt(bundle.transfers.get(entry.get("ref")));
  const document = found.get(entry.get("document_digest"));
  need(document && token.text === document.token.text, "what was transferred is not the document of the note");
  return { entry, document, fields: disclosed(token, document.said) };
}

function note({ entry, document, fields }, isPart) {
  need(entry.get("document") === document.claim("jti") && entry.get("provider") === document.claim("provider"), "a note of another document");
  const names = [...fields.keys()].sort(byCodePoint);
  const [told, withheld] = [entry.get("disclosed"), entry.get("withheld")];
  const isTold = isPart ? names.every((name) => told.includes(name)) : JSON.stringify(names) === JSON.stringify(told);
  need(names.length && isTold, "disclosed is not what was presented");
  need(!withheld.some((name) => told.includes(name)) && told.length + withheld.length <= document.said.digests.size, "disclosed and withheld are more than there is");
  for (const key of ["agreement", "agreement_digest", "basis", "purpose"]) need(entry.get(key) !== "", `${key} of a note is empty`);
}

function scope({ bundle, found, noted }) {
  const { manifest, entries } = bundle;
  if (manifest.get("scope") === "case") {
    const openings = entries.filter((entry) => entry.get("kind") === "case-opened");
    return need(openings.length === 1 && openings[0].get("matter") === manifest.get("matter"), "not exactly one case-opened of the matter");
  }
  need(entries.every((entry) => ["document", ...NOTES, "receipt"].includes(entry.get("kind"))), "a kind that is no unit's");
  need(noted.every(({ entry }) => entry.get("receiver") === manifest.get("unit")), "a note of another receiver");
  need(manifest.get("scope") === "unit" || noted.length === 1, "not exactly one note");
  const used = new Set(noted.map(({ document }) => document.token.digest));
  need([...found.keys()].every((digest) => used.has(digest)), "a document of no note");
}

function order({ bundle, noted, trust }) {
  for (const { entry, document } of noted) need(document.entry.seq < entry.seq, "a note stands before its document");
  for (const receipt of bundle.entries.filter((entry) => entry.get("kind") === "receipt")) {
    const first = noted.find(({ entry }) => entry.get("effect") === receipt.get("effect"));
    if (!first) trust.remarks.add(`what the receipt of entry ${receipt.seq} answers was sent elsewhere`);
    need(!first || first.entry.seq < receipt.seq, "a receipt stands before the first note of its effect");
  }
}

function dates({ bundle, now }, stamp) {
  const moments = [...bundle.entries.map(({ at }) => at), bundle.head.at, ...(stamp === null ? [] : [stamp]), microseconds(bundle.manifest.get("exported_at")), now];
  moments.slice(1).forEach((at, index) => notAfter(moments[index], at, "dates run backwards"));
}

// `context`: bundle, trust, hub, kept (a head's bytes), now (microseconds). Gives the number of the row with what it refused.
export function check(context, row) {
  const { bundle, trust } = context;
  row(7, () => seal(context));
  const stamp = row(8, () => stamped(context));
  row(8, () => head(context, bundle.head, stamp));
  row(9, () => included(context));
  row(10, () => older(context));
  const found = row(11, () => documents(context));
  const noted = row(13, () => notes({ bundle, found }));
  row(14, () => scope({ bundle, found, noted }));
  row(16, () => order({ bundle, noted, trust }));
  row(17, () => dates(context, stamp));
  const idle = trust.signers.filter(({ fingerprint }) => !trust.used.has(fingerprint));
  row(18, () => demand(!idle.length, MALFORMED, "a signer's certificate that signed nothing"));
  row(19, () => trust.settle());
}
