import { csvFlat } from './csv-flat.ts';
import { csvVariants } from './csv-variants.ts';
import { csv, csvZip } from './csv-format.ts';
import { dataPackage } from './data-package.ts';
import type { Description, Format } from './format.ts';
import { geojson } from './geojson.ts';
import { hxl } from './hxl.ts';
import { json } from './json-format.ts';
import { ndjson } from './ndjson.ts';
import { parquet } from './parquet.ts';
import { tableFacts } from './table-facts.ts';
import { xlsx } from './xlsx/xlsx.ts';

/** Every format in which the dataset of a form is published. All are fed by one pass over the rows. */
export const formats: readonly Format[] = [
  csv,
  csvVariants,
  csvFlat,
  hxl,
  json,
  ndjson,
  geojson,
  parquet,
  xlsx,
  csvZip,
  tableFacts,
];

/** What describes the files of an audience, once all of them are written. */
export const descriptions: readonly Description[] = [dataPackage];
