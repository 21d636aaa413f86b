import { publicUrl } from '../../shared/config.ts';
import { adapters } from '../adapters.ts';
import { doorPatience } from '../bound-requests.ts';
import { openrosa } from '../../shared/http/operations/openrosa.ts';
import { wrapDoor } from '../wrap-door.ts';
import { openRosaHandler } from './handler.ts';

export const handler = wrapDoor('openrosa', openrosa, (report, take) =>
  openRosaHandler({ ...adapters(doorPatience, take), publicUrl: publicUrl(), report }),
);
