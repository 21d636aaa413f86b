import { startServer } from '../support/start-server.ts';
import { tellStory } from '../support/story.ts';

tellStory(async () => {
  const server = await startServer();
  return {
    url: server.url,
    coordinatorToken: server.coordinatorToken,
    close: () => server.kill(),
  };
});
