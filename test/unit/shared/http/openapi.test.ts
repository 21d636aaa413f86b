import { Validator } from '@seriousme/openapi-schema-validator';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { openApi } from '../../../../shared/http/openapi.ts';
import { problemKinds } from '../../../../shared/http/problem-kinds.ts';
import { operations } from '../../../../shared/http/operations/table.ts';

const Operation = z.looseObject({
  operationId: z.string(),
  security: z.array(z.record(z.string(), z.array(z.string()))),
  parameters: z.array(z.looseObject({ name: z.string(), in: z.string(), required: z.boolean() })),
  requestBody: z.looseObject({ content: z.record(z.string(), z.unknown()) }).optional(),
  responses: z.record(z.string(), z.looseObject({})),
});
const Document = z.looseObject({
  paths: z.record(z.string(), z.record(z.string(), Operation)),
  components: z.looseObject({ responses: z.record(z.string(), z.unknown()) }),
});

const text = JSON.stringify(openApi());
const document = Document.parse(JSON.parse(text));

describe('the description of the interface', () => {
  it('is valid OpenAPI 3.1', async () => {
    const { valid, errors } = await new Validator().validate(openApi());
    expect(valid, JSON.stringify(errors ?? '')).toBe(true);
  });

  it('has nothing but the routes', () => {
    const described = Object.entries(document.paths).flatMap(([path, operations]) =>
      Object.keys(operations).map((method) => `${method.toUpperCase()} ${path}`),
    );
    const expected = operations.map(({ method, path }) => `${method} ${path.replace('+}', '}')}`);
    expect(described.sort()).toEqual(expected.sort());
  });

  it.each(operations.map((route) => [`${route.method} ${route.path}`, route] as const))(
    'tells what %s takes and answers',
    (_, route) => {
      const operation = document.paths[route.path.replace('+}', '}')]?.[route.method.toLowerCase()];
      expect(operation?.operationId).toBe(route.operation);
      const named = (place: string) =>
        operation?.parameters.filter((parameter) => parameter.in === place).map(({ name }) => name);
      const inPath = [...route.path.matchAll(/\{(\w+)\+?\}/g)].map((match) => match[1]);
      expect(named('path')).toEqual(inPath);
      expect(named('header')?.includes('If-Match')).toBe('ifMatch' in route);
      const bodies = Object.keys(operation?.requestBody?.content ?? {});
      expect(bodies).toEqual('accepts' in route ? route.accepts : []);
      for (const status of Object.keys(route.responses)) {
        expect(operation?.responses).toHaveProperty(status);
      }
      expect(operation?.responses).toHaveProperty('503');
      const byHeader = route.access !== 'anyone' && !route.path.includes('{token}');
      expect(operation?.security.some((way) => 'token' in way)).toBe(byHeader);
    },
  );

  it('has every code of a problem', () => {
    expect(Object.keys(document.components.responses)).toEqual([
      ...Object.keys(problemKinds),
      'OpenRosaRefusal',
    ]);
  });

  const operationOf = (name: string) =>
    Object.values(document.paths)
      .flatMap((operations) => Object.values(operations))
      .find(({ operationId }) => operationId === name);

  it.each([
    ['getXForm', '200', 'application/xml', { type: 'string' }],
    ['getFormList', '200', 'text/xml', { type: 'string' }],
    ['createKeySubmission', '201', 'text/xml', { type: 'string' }],
    ['createKeySubmission', '202', 'text/xml', { type: 'string' }],
    ['getMedia', '200', '*/*', {}],
    ['getAttachment', '200', '*/*', {}],
  ])('says what %s answers with %s', (name, status, mediaType, schema) => {
    expect(operationOf(name)?.responses[status]?.['content']).toEqual({ [mediaType]: { schema } });
  });

  it('says what a phone sends, what it is refused with, and that HEAD says nothing', () => {
    const send = operationOf('createKeySubmission');
    expect(send?.requestBody?.content['multipart/form-data']).toMatchObject({
      schema: { required: ['xml_submission_file'] },
    });
    for (const [status, response] of Object.entries(send?.responses ?? {})) {
      const refused = { $ref: '#/components/responses/OpenRosaRefusal' };
      if (Number(status) >= 300) expect(response, status).toEqual(refused);
    }
    expect(operationOf('headKeySubmission')?.responses['204']).not.toHaveProperty('content');
  });

  it('tells a body of bytes from one of sheets, and how long each may be', () => {
    const draft = operationOf('putDraft')?.requestBody;
    expect(draft).toMatchObject({
      description: 'At most 4,000,000 bytes; JSON and YAML 1,048,576.',
      content: { 'application/json': { schema: { required: ['survey'] } } },
    });
    const [, , workbook] = Object.values(draft?.content ?? {});
    expect(workbook).toEqual({ schema: {} });
    expect(operationOf('putMedia')?.requestBody).toMatchObject({
      description: 'At most 4,000,000 bytes.',
      content: { '*/*': { schema: {} } },
    });
  });

  it('uses the schemas that requests are parsed with', () => {
    const create = document.paths['/v1/forms/{formId}/submissions']?.['post']?.requestBody;
    expect(create?.content['application/json']).toMatchObject({
      schema: { required: ['instanceId', 'answers'], additionalProperties: false },
    });
  });
});
