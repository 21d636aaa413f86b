import { csv } from './csv.ts';
import type { Format } from './format.ts';
import { geojson } from './geojson.ts';
import { json } from './json.ts';

/** Every format in which the dataset of a form is published. All are fed by one pass over the rows. */
export const formats: readonly Format[] = [csv, json, geojson];
