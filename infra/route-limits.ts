import type { Operation } from '../shared/http/routes.ts';

/** Requests a second, and how many may come at once. */
export interface Limit {
  readonly rate: number;
  readonly burst: number;
}

/** Of all routes together. More than a network of NGOs sends, less than what would hurt; the account's own limit is 10,000/s. */
export const everyRoute: Limit = { rate: 200, burst: 400 };

/** Open to anyone, so that whoever floods them leaves the others their share. */
const open: Limit = { rate: 100, burst: 200 };
/** Seconds of a whole function each. */
const heavy: Limit = { rate: 5, burst: 10 };
/** Done by one person, by hand. What is faster is no person. */
const byHand: Limit = { rate: 10, burst: 20 };

/** Where less than that of every route will do. A limit holds for all callers of a route together. */
export const routeLimits: Readonly<Partial<Record<Operation, Limit>>> = {
  createSubmission: open,
  createKeySubmission: open,
  requestUpload: open,
  putDraft: heavy,
  putMedia: heavy,
  publishForm: heavy,
  getAttachmentsArchive: heavy,
  eraseSubmission: byHand,
  createOrganisation: byHand,
  createToken: byHand,
  revokeToken: byHand,
  startCompile: { rate: 1, burst: 5 },
};
