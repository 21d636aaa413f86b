import { startServer } from './start-server.ts';
import type { Stage } from './story.ts';

/** A server as `npm start` runs it. */
export async function localStage(): Promise<Stage> {
  const { url, coordinatorToken, ...server } = await startServer();
  return { url, coordinatorToken, close: () => server.kill() };
}
