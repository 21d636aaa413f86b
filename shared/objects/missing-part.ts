/** An object that was to become a part of another one is not there, or was replaced meanwhile. */
export class MissingPart extends Error {
  override readonly name = 'MissingPart';
}
