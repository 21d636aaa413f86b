/** `uuid:` is how OpenRosa begins them. Versions 4, 7 and 8 (RFC 9562); others are made of a time, a machine or a name. */
const random =
  /^(?:uuid:)?[0-9a-f]{8}-[0-9a-f]{4}-[478][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i;

/**
 * True for an instanceId that somebody could find by guessing, for it is no random UUID: one that a
 * client counts up or makes of a person's name tells by itself who answered.
 */
export function isGuessable(instanceId: string): boolean {
  return !random.test(instanceId);
}
