import { publicUrl } from '../../shared/config.ts';
import { adapters } from '../adapters.ts';
import { wrapDoor } from '../wrap-door.ts';
import { openRosaHandler } from './handler.ts';

export const handler = wrapDoor('openrosa', (report) =>
  openRosaHandler({ ...adapters(), publicUrl: publicUrl(), report }),
);
