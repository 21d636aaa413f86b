import { localStage } from '../support/local-stage.ts';
import { tell, tellShelter } from '../support/story.ts';

tell(localStage, tellShelter);
