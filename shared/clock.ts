/** The time now. Injected, so that tests and replays decide what time it is. */
export type Clock = () => Date;

export const systemClock: Clock = () => new Date();

/**
 * How long a write can last at most, in milliseconds: from the moment it takes its time stamp to
 * the moment it is durable. Readers of "what changed since T" go back by as much.
 */
export const longestWriteMs = 120_000;
