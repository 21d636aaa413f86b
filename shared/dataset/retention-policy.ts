/** How long earlier versions can be fetched. */
export interface Retention {
  /** So many newest ones; */
  readonly versions: number;
  /** and of each of so many days, the last one. */
  readonly days: number;
}

export const defaultRetention: Retention = { versions: 30, days: 90 };
