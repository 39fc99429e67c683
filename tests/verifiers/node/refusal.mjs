// Exit codes: docs/evidence-format.md, section 8.

export const TRUE = 0;
export const NOT_AUTHENTIC = 2;
export const LAPSED = 3;
export const MALFORMED = 4;
export const NO_ANCHOR = 5;

export const WORDS = {
  [TRUE]: "true",
  [NOT_AUTHENTIC]: "not authentic",
  [LAPSED]: "authentic, but a certificate had expired or was revoked",
  [MALFORMED]: "malformed",
  [NO_ANCHOR]: "no anchor of the checker's vouches for a signer",
};

export class Refused extends Error {
  constructor(code, why) {
    super(why);
    this.code = code;
  }
}

export function demand(condition, code, why) {
  if (!condition) throw new Refused(code, why);
}

// Whatever is wrong inside counts as `code`, as the row of section 8 says.
export function as(code, body) {
  try {
    return body();
  } catch (error) {
    if (!(error instanceof Refused) || error.code === NO_ANCHOR) throw error;
    throw new Refused(code, error.message);
  }
}
