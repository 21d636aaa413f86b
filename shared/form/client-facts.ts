import type { ClientFacts } from './model.ts';

/** What most questions have: nothing that only clients show or do. */
export const noClientFacts: ClientFacts = {
  guidanceHint: new Map(),
  media: new Map(),
  bind: new Map(),
  body: new Map(),
  instance: new Map(),
  autoplay: '',
  intent: '',
};
