import { FormDefinitionSchema } from '../form/definition-schema.ts';
import { maxBodyBytes } from './body.ts';
import { schemaOf, type Json } from './openapi-schema.ts';
import { requests } from './requests.ts';
import { responses } from './responses.ts';
import type { Operation, Route } from './routes.ts';

/** A body or an answer of bytes: OpenAPI 3.1 has no schema for them. */
const bytes: Json = {};

/** What OpenRosa clients send: the answers as XML, and each file in a part of its own. */
const openRosaParts: Json = {
  type: 'object',
  properties: {
    xml_submission_file: {
      contentMediaType: 'text/xml',
      description: 'The filled form.',
    },
    '*isIncomplete*': {
      const: 'yes',
      description: 'More requests with the same XML and other files follow.',
    },
  },
  required: ['xml_submission_file'],
  additionalProperties: {
    contentMediaType: 'application/octet-stream',
    description: 'A file, in a part that has the name which the XML gives it.',
  },
};

const isText = (mediaType: string) => /^application\/(json|yaml)$/.test(mediaType);

function bodySchema(operation: Operation, mediaType: string): Json {
  if (mediaType === 'multipart/form-data') return openRosaParts;
  if (!isText(mediaType)) return bytes;
  const definition = operation === 'putDraft';
  return schemaOf(definition ? FormDefinitionSchema : requests[operation].body, 'input');
}

function longest({ accepts = [], maxBytes = maxBodyBytes }: Route): string {
  const most = `At most ${maxBytes.toLocaleString('en')} bytes`;
  const mixed = accepts.some(isText) && maxBytes > maxBodyBytes;
  return mixed ? `${most}; JSON and YAML ${maxBodyBytes.toLocaleString('en')}.` : `${most}.`;
}

/** What a route takes, by media type. */
export function requestBodyOf(operation: Operation, route: Route): Json {
  const { accepts = [] } = route;
  return {
    required: true,
    description: longest(route),
    content: Object.fromEntries(
      accepts.map((mediaType) => [mediaType, { schema: bodySchema(operation, mediaType) }]),
    ),
  };
}

/** What a success of a route says, by media type; undefined: nothing. */
export function contentOf(operation: Operation, { produces }: Route): Json | undefined {
  const response = responses[operation];
  if (response === null) return undefined;
  const [first = 'application/json'] = produces === 'any' ? ['*/*'] : (produces ?? []);
  if (response !== 'bytes') return { [first]: { schema: schemaOf(response, 'output') } };
  return { [first]: { schema: first.endsWith('xml') ? { type: 'string' } : bytes } };
}
