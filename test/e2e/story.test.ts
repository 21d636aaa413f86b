import { localStage } from '../support/local-stage.ts';
import { tell, tellMainJob } from '../support/story.ts';

tell(localStage, tellMainJob);
