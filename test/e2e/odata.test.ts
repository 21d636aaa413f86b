import { localStage } from '../support/local-stage.ts';
import { tellFeed } from '../support/story/feed.ts';
import { tell } from '../support/story.ts';

tell(localStage, tellFeed);
