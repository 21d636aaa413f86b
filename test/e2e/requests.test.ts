import { localStage } from '../support/local-stage.ts';
import { tellRequests } from '../support/story/requests.ts';
import { tell } from '../support/story.ts';

tell(localStage, tellRequests);
