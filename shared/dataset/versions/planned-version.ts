/** What the next version will be called, and why. */
export interface PlannedVersion {
  readonly version: string;
  readonly fingerprint: string;
  readonly cutOff: string;
}
