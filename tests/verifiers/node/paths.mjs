// Who may have signed, when: section 5.5.

import { LAPSED, NOT_AUTHENTIC, NO_ANCHOR, Refused, TRUE, demand } from "./refusal.mjs";
import { CERT_SIGN, CRL_SIGN, DIGITAL_SIGNATURE, isSignedBy } from "./x509.mjs";

const checked = new Map();

// Of one certificate (or list) under one issuer, once for all files.
function signed(one, issuer) {
  const key = `${one.fingerprint} ${issuer.fingerprint}`;
  if (!checked.has(key)) checked.set(key, isSignedBy(one, issuer));
  return checked.get(key);
}

const BADNESS = { [TRUE]: 0, [LAPSED]: 1, [NOT_AUTHENTIC]: 2, [NO_ANCHOR]: 3 };
const worse = (a, b) => (BADNESS[a.code] >= BADNESS[b.code] ? a : b);
const better = (a, b) => (BADNESS[a.code] <= BADNESS[b.code] ? a : b);
const worst = (...all) => ({ ...all.reduce(worse), remarks: all.flatMap(({ remarks }) => remarks) });
const verdict = (code, why = "", remarks = []) => ({ code, why, remarks, path: [] });

export class Trust {
  constructor(anchors, lists, certificates) {
    this.anchors = anchors;
    this.lists = lists;
    this.authorities = certificates.filter(({ isCa }) => isCa);
    this.signers = certificates.filter(({ isCa }) => !isCa);
    this.used = new Set();
    this.lapsed = [];
    this.remarks = new Set();
  }

  // The certificate by which `unit` may have signed at `at`; `against` is the time that counts against revocation.
  signer(unit, kid, { at, against }) {
    const candidates = this.signers.filter((one) => one.key.kid === kid && one.commonName === unit);
    demand(candidates.length, NOT_AUTHENTIC, `no certificate of ${unit} for the key ${kid}`);
    for (const { fingerprint } of candidates) this.used.add(fingerprint);
    const moment = { at, against, known: new Map() };
    const judged = candidates.map((candidate) => ({ candidate, ...this.judge(candidate, -1, moment) }));
    const best = judged.reduce(better);
    demand(best.code === TRUE || best.code === LAPSED, best.code, best.why);
    if (best.code === LAPSED) this.lapsed.push(best.why);
    for (const remark of best.remarks) this.remarks.add(remark);
    for (const { fingerprint } of best.path) this.used.add(fingerprint);
    return best.candidate;
  }

  // The best of all paths from `one` upwards, with `below` intermediates under it (-1: it is the signer's).
  judge(one, below, moment) {
    const key = `${one.fingerprint} ${below}`;
    if (moment.known.has(key)) return moment.known.get(key);
    let best = verdict(NO_ANCHOR, `no anchor vouches for ${one.commonName}`);
    if (below > this.authorities.length) return best;
    for (const issuer of this.issuers(one)) best = better(best, this.step(one, issuer, { below, moment }));
    moment.known.set(key, best);
    return best;
  }

  step(one, issuer, { below, moment }) {
    if (!signed(one, issuer)) return verdict(NOT_AUTHENTIC, `the signature on the certificate of ${one.commonName} is wrong`);
    const own = worst(this.form(one, below), dated(one, moment.at), this.revocation(one, issuer, moment));
    const isAnchor = this.anchors.includes(issuer);
    const above = isAnchor ? worst(this.form(issuer, below + 1), dated(issuer, moment.at)) : this.judge(issuer, below + 1, moment);
    return { ...worst(own, above), path: [one, ...above.path] };
  }

  issuers(one) {
    const fits = ({ subject, subjectKey }) => subject.equals(one.issuer) && (!subjectKey || !one.authorityKey || subjectKey.equals(one.authorityKey));
    return [...this.anchors, ...this.authorities].filter(fits);
  }

  form(one, below) {
    const who = `the certificate of ${one.commonName}`;
    if (one.strange.length) return verdict(NOT_AUTHENTIC, `${who} has the critical extension ${one.strange[0]}`);
    if (below < 0) return verdict(one.usage(DIGITAL_SIGNATURE) && one.anyUsage ? TRUE : NOT_AUTHENTIC, `${who} is not for signatures`);
    const fits = one.isCa && one.usage(CERT_SIGN) && (one.pathLength === null || BigInt(below) <= one.pathLength);
    return verdict(fits ? TRUE : NOT_AUTHENTIC, `${who} may not issue this one`);
  }

  revocation(one, issuer, { at, against }) {
    const lists = this.lists.filter((list) => list.issuer.equals(one.issuer));
    if (!lists.length) return verdict(TRUE, "", [`no revocation list for ${one.commonName}: counts as not revoked`]);
    if (!issuer.usage(CRL_SIGN) || !lists.every((list) => signed(list, issuer) && !list.partial))
      return verdict(NOT_AUTHENTIC, "a revocation list is not signed by the issuer, or has a critical extension");
    const dates = lists.flatMap((list) => list.revoked.filter(({ serial }) => serial === one.serial).map(({ date }) => date));
    if (dates.some((date) => date <= at || date <= against)) return verdict(LAPSED, `the certificate of ${one.commonName} had been revoked`);
    if (lists.every(({ nextUpdate }) => nextUpdate < at)) return verdict(LAPSED, `every revocation list for ${one.commonName} was out of date`);
    return verdict(TRUE, "", dates.length ? [`the certificate of ${one.commonName} was revoked later`] : []);
  }

  settle() {
    demand(!this.lapsed.length, LAPSED, this.lapsed[0]);
  }
}

function dated(one, at) {
  const valid = one.notBefore <= at && at <= one.notAfter;
  return verdict(valid ? TRUE : LAPSED, `the certificate of ${one.commonName} was not valid at the time`);
}

export function usable(body) {
  try {
    return body();
  } catch (error) {
    throw new Refused(NO_ANCHOR, `a file of the trust folder cannot be used: ${error.message}`);
  }
}
