import { startDeployed } from '../support/deployed-service.ts';
import { tellFeed } from '../support/story/feed.ts';
import { tellRequests } from '../support/story/requests.ts';
import { tell, tellMainJob, tellShelter } from '../support/story.ts';

tell(startDeployed, tellMainJob, tellRequests, tellShelter, tellFeed);
