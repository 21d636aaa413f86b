/** How many partitions the submissions of a form are spread over unless it says so: see docs/scale.md. */
export const defaultShards = 4;
/** Each is one item of a compile, and one open segment when a dataset is published. */
export const mostShards = 256;
