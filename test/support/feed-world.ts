import { answerFeed, type FeedRequest } from '../../functions/datasets/answer-feed.ts';
import type { PageLimits } from '../../shared/dataset/odata/read-page.ts';
import type { Audience } from '../../shared/form/model.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../shared/json.ts';
import { DatasetWorld } from './dataset-world.ts';

export const origin = 'https://fiche.test';

/** Limits that nothing in a test reaches. */
const wide: PageLimits = { rows: 1000, bytes: 1e6, scanned: 1e9, whole: 1e9, ordered: 1e9 };

/** More than any test has. */
const mostPages = 500;

/** What a test asks a feed, beside where it is. */
export interface Asked {
  readonly query?: Readonly<Record<string, string>>;
  readonly audience?: Audience;
  readonly limits?: Partial<PageLimits>;
  readonly accept?: string;
  readonly language?: 'fr' | 'en';
  readonly datasetId?: string;
}

/** A world of datasets whose feeds can be asked. */
export class FeedWorld extends DatasetWorld {
  async text(resource: string, asked: Asked = {}): Promise<string> {
    const { query = {}, audience = 'coordinator', accept, language = 'fr' } = asked;
    const request: FeedRequest = {
      datasetId: asked.datasetId ?? 'visits',
      resource,
      query,
      audience,
      accept,
      language,
      origin,
    };
    const { status, text, headers } = await answerFeed(this.deps, request, {
      ...wide,
      ...asked.limits,
    });
    if (status !== 200 || headers?.['odata-version'] !== '4.0') throw new Error(String(status));
    return text ?? '';
  }

  async json(resource: string, asked: Asked = {}): Promise<JsonObject> {
    const parsed = JSON.parse(await this.text(resource, asked)) as JsonValue;
    if (!isJsonObject(parsed)) throw new Error('No object.');
    return parsed;
  }

  /** The rows of a page. */
  async rows(resource: string, asked: Asked = {}): Promise<readonly JsonObject[]> {
    return rowsOf(await this.json(resource, asked));
  }

  /** The pages from the first to the last, by their links. */
  async pages(resource: string, asked: Asked = {}): Promise<readonly JsonObject[]> {
    const pages = [await this.json(resource, asked)];
    while (pages.length < mostPages) {
      const link = pages.at(-1)?.['@odata.nextLink'];
      if (typeof link !== 'string') return pages;
      pages.push(await this.follow(link, asked));
    }
    throw new Error('The pages have no end.');
  }

  /** The page that a link leads to. */
  async follow(link: string, asked: Asked = {}): Promise<JsonObject> {
    const url = new URL(link);
    const [, , , datasetId = '', ...rest] = url.pathname.split('/').map(decodeURIComponent);
    if (url.origin !== origin) throw new Error(link);
    const query = Object.fromEntries(url.searchParams);
    return this.json(rest.join('/'), { ...asked, datasetId, query });
  }
}

export function rowsOf(page: JsonObject): readonly JsonObject[] {
  const { value } = page;
  if (!Array.isArray(value)) throw new Error('No rows.');
  return (value as readonly JsonValue[]).filter((row) => isJsonObject(row));
}

/** A form that has a column of each kind, a place, a repeat, and a repeat in it. */
export const visitsForm = {
  survey: [
    { type: 'text', name: 'name', 'label::Français (fr)': 'Nom', 'label::English (en)': 'Name' },
    { type: 'integer', name: 'people', 'label::Français (fr)': 'Personnes' },
    { type: 'decimal', name: 'budget', 'label::Français (fr)': 'Budget' },
    { type: 'date', name: 'day', 'label::Français (fr)': 'Jour' },
    { type: 'time', name: 'hour', 'label::Français (fr)': 'Heure' },
    { type: 'dateTime', name: 'moment', 'label::Français (fr)': 'Moment' },
    { type: 'select_one kinds', name: 'kind', 'label::Français (fr)': 'Genre' },
    { type: 'select_multiple kinds', name: 'kinds', 'label::Français (fr)': 'Genres' },
    { type: 'geopoint', name: 'place', 'label::Français (fr)': 'Lieu', visibility: 'members' },
    { type: 'begin_group', name: 'contact' },
    { type: 'text', name: 'e-mail', 'label::Français (fr)': 'Courriel', visibility: 'members' },
    { type: 'end_group' },
    { type: 'begin_group', name: 'field' },
    { type: 'begin_repeat', name: 'sites', 'label::Français (fr)': 'Sites' },
    { type: 'text', name: 'site', 'label::Français (fr)': 'Site', visibility: 'members' },
    { type: 'begin_repeat', name: 'days', 'label::Français (fr)': 'Jours' },
    { type: 'date', name: 'on', 'label::Français (fr)': 'Le' },
    { type: 'end_repeat' },
    { type: 'end_repeat' },
    { type: 'end_group' },
  ],
  choices: [
    { list_name: 'kinds', name: 'a', 'label::Français (fr)': 'Un' },
    { list_name: 'kinds', name: 'b', 'label::Français (fr)': 'Deux' },
  ],
  settings: { form_title: 'Visites', version: '1', default_language: 'Français (fr)' },
};
